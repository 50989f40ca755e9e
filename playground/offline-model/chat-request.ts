import { badRequest } from './api-error.ts'
import { checkMessageOrder } from './check-message-order.ts'
import { checkStrictSchema } from './check-strict-schema.ts'
import type { JsonSchema } from './json-schema.ts'

/** A chat message as read: content parts are joined into one text. */
export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool'
  readonly text: string
  readonly name: string | undefined
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly toolCallId: string | undefined
}

export interface ChatTool {
  readonly name: string
  readonly description: string
  readonly parameters: JsonSchema
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

export type ResponseFormat =
  | { readonly kind: 'text' | 'json_object' }
  | { readonly kind: 'json_schema'; readonly name: string; readonly schema: JsonSchema; readonly strict: boolean }

/** The body of `POST /v1/chat/completions`, checked. */
export interface ChatRequest {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly tools: readonly ChatTool[]
  readonly toolChoice: ToolChoice
  readonly parallelToolCalls: boolean
  readonly format: ResponseFormat
  readonly stream: boolean
  readonly includeUsage: boolean
  readonly maxTokens: number | undefined
  readonly stop: readonly string[]
  /** The body as it came, for hooks that look at other fields. */
  readonly body: Readonly<Record<string, unknown>>
}

type Fields = Readonly<Record<string, unknown>>

const roles: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool'])
const namePattern = /^[\w-]{1,64}$/

/**
 * Reads a chat request as strictly as the real API does, so that what passes here passes there.
 * @throws {ApiError} 400 naming the parameter
 */
export function readChatRequest(body: Fields): ChatRequest {
  const model = readModel(body)
  if (body['n'] !== undefined && body['n'] !== null && body['n'] !== 1) {
    throw badRequest("The offline model answers once: 'n' must be 1.", 'n', 'unsupported_value')
  }
  checkNumber(body, 'temperature', 0, 2)
  checkNumber(body, 'top_p', 0, 1)
  const messages = readMessages(body['messages'])
  const tools = readTools(body['tools'])
  const stream = body['stream'] === true
  return {
    model,
    messages,
    tools,
    stream,
    body,
    toolChoice: readToolChoice(body['tool_choice'], tools),
    parallelToolCalls: body['parallel_tool_calls'] !== false,
    format: readFormat(body['response_format'], messages),
    includeUsage: readIncludeUsage(body['stream_options'], stream),
    maxTokens: readMaxTokens(body),
    stop: readStop(body['stop']),
  }
}

/** @throws {ApiError} 400 when there is no model name */
export function readModel(body: Fields): string {
  const model = body['model']
  if (typeof model !== 'string' || model === '') throw badRequest('you must provide a model parameter')
  return model
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function readMessages(value: unknown): ChatMessage[] {
  if (value === undefined || value === null) {
    throw badRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter')
  }
  if (!Array.isArray(value)) {
    throw badRequest("Invalid type for 'messages': expected an array of objects.", 'messages', 'invalid_type')
  }
  if (value.length === 0) {
    throw badRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    )
  }
  const messages = value.map(readMessage)
  checkMessageOrder(messages)
  return messages
}

function readMessage(value: unknown, index: number): ChatMessage {
  const path = `messages[${index}]`
  if (!isFields(value)) throw badRequest(`Invalid type for '${path}': expected an object.`, path, 'invalid_type')
  if (!roles.has(value['role'])) {
    throw badRequest(
      `Invalid value: '${String(value['role'])}'. Supported values are: 'system', 'assistant', 'user', 'function', `
        + "'tool', and 'developer'.",
      `${path}.role`,
      'invalid_value',
    )
  }
  const role = value['role'] as ChatMessage['role']
  const toolCalls = readToolCalls(value['tool_calls'], path)
  const content = value['content']
  if (
    (content === null || content === undefined)
    && !(role === 'assistant' && (toolCalls.length > 0 || value['refusal']))
  ) {
    throw badRequest(`Invalid value for 'content': expected a string, got null.`, `${path}.content`, 'invalid_type')
  }
  const toolCallId = typeof value['tool_call_id'] === 'string' ? value['tool_call_id'] : undefined
  if (role === 'tool' && toolCallId === undefined) {
    throw badRequest(
      `Missing required parameter: '${path}.tool_call_id'.`,
      `${path}.tool_call_id`,
      'missing_required_parameter',
    )
  }
  const name = typeof value['name'] === 'string' ? value['name'] : undefined
  return { role, text: readContent(content, path), name, toolCalls, toolCallId }
}

function readContent(content: unknown, path: string): string {
  if (content === null || content === undefined) return ''
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) {
    throw badRequest(
      `Invalid type for '${path}.content': expected one of a string or array of objects.`,
      `${path}.content`,
      'invalid_type',
    )
  }
  return content
    .map((part: unknown) => (isFields(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n')
}

function readToolCalls(value: unknown, path: string): ChatMessage['toolCalls'] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length === 0) {
    throw badRequest(
      `Invalid '${path}.tool_calls': expected an array with minimum length 1.`,
      `${path}.tool_calls`,
      'empty_array',
    )
  }
  return value.map((call: unknown, index) => {
    const made = isFields(call) && isFields(call['function']) ? call['function'] : undefined
    if (
      !isFields(call)
      || typeof call['id'] !== 'string'
      || typeof made?.['name'] !== 'string'
      || typeof made['arguments'] !== 'string'
    ) {
      throw badRequest(
        `Invalid '${path}.tool_calls[${index}]': expected an id and a function with name and arguments.`,
        `${path}.tool_calls[${index}]`,
        'invalid_type',
      )
    }
    return { id: call['id'], name: made['name'], arguments: made['arguments'] }
  })
}

function readTools(value: unknown): ChatTool[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length === 0) {
    throw badRequest("Invalid 'tools': empty array. Expected an array with minimum length 1.", 'tools', 'empty_array')
  }
  return value.map((tool: unknown, index) => {
    const made =
      isFields(tool) && tool['type'] === 'function' && isFields(tool['function']) ? tool['function'] : undefined
    const name = made?.['name']
    if (made === undefined || typeof name !== 'string' || !namePattern.test(name)) {
      throw badRequest(
        `Invalid 'tools[${index}].function.name': expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `tools[${index}].function.name`,
        'invalid_value',
      )
    }
    const parameters: JsonSchema = isFields(made['parameters'])
      ? made['parameters']
      : { type: 'object', properties: {} }
    if (made['strict'] === true)
      checkStrictSchema(parameters, `function '${name}'`, `tools[${index}].function.parameters`)
    return { name, parameters, description: typeof made['description'] === 'string' ? made['description'] : '' }
  })
}

function readToolChoice(value: unknown, tools: readonly ChatTool[]): ToolChoice {
  if (value === undefined || value === null) return tools.length > 0 ? 'auto' : 'none'
  if (tools.length === 0) {
    throw badRequest(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      'tool_choice',
    )
  }
  if (value === 'auto' || value === 'none' || value === 'required') return value
  const name = isFields(value) && isFields(value['function']) ? value['function']['name'] : undefined
  if (typeof name !== 'string' || !tools.some((tool) => tool.name === name)) {
    throw badRequest(`Tool choice '${String(name)}' not found in 'tools' parameter.`, 'tool_choice')
  }
  return { name }
}

function readFormat(value: unknown, messages: readonly ChatMessage[]): ResponseFormat {
  if (value === undefined || value === null) return { kind: 'text' }
  const kind = isFields(value) ? value['type'] : undefined
  if (kind === 'text') return { kind }
  if (kind === 'json_object') {
    if (!messages.some((message) => /json/i.test(message.text))) {
      throw badRequest(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        'messages',
      )
    }
    return { kind }
  }
  const wanted = isFields(value) && isFields(value['json_schema']) ? value['json_schema'] : undefined
  if (kind !== 'json_schema' || wanted === undefined) {
    throw badRequest(
      `Invalid value: '${String(kind)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`,
      'response_format.type',
      'invalid_value',
    )
  }
  return readWantedSchema(wanted)
}

function readWantedSchema(wanted: Fields): ResponseFormat {
  const { name, schema } = wanted
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw badRequest(
      "Invalid 'response_format.json_schema.name': expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      'response_format.json_schema.name',
      'invalid_value',
    )
  }
  if (!isFields(schema)) {
    throw badRequest(
      "Missing required parameter: 'response_format.json_schema.schema'.",
      'response_format.json_schema.schema',
      'missing_required_parameter',
    )
  }
  const strict = wanted['strict'] === true
  if (strict) checkStrictSchema(schema, `response_format '${name}'`, 'response_format')
  return { kind: 'json_schema', name, schema, strict }
}

function readIncludeUsage(value: unknown, stream: boolean): boolean {
  if (value === undefined || value === null) return false
  if (!stream) {
    throw badRequest("The 'stream_options' parameter is only allowed when 'stream' is enabled.", 'stream_options')
  }
  return isFields(value) && value['include_usage'] === true
}

function readMaxTokens(body: Fields): number | undefined {
  const param = typeof body['max_completion_tokens'] === 'number' ? 'max_completion_tokens' : 'max_tokens'
  const value = body[param]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw badRequest(
      `Invalid '${param}': integer below minimum value. Expected a value >= 1.`,
      param,
      'integer_below_min_value',
    )
  }
  return value
}

function readStop(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  if (list.length > 4 || !list.every((stop) => typeof stop === 'string')) {
    throw badRequest("Invalid 'stop': expected a string or up to 4 strings.", 'stop', 'invalid_type')
  }
  return list.filter((stop) => stop !== '') as string[]
}

function checkNumber(body: Fields, param: string, low: number, high: number): void {
  const value = body[param]
  if (value === undefined || value === null) return
  if (typeof value === 'number' && value >= low && value <= high) return
  throw badRequest(
    `Invalid '${param}': expected a number from ${low} to ${high}, but got ${JSON.stringify(value)} instead.`,
    param,
    'invalid_value',
  )
}
