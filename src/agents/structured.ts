import { z } from 'zod'
import { MurmurError } from '../errors.ts'
import type { ChatMessage, ChatModel, ChatReply, ChatRequest, JsonSchema } from './chat-model.ts'
import { toStrictSchema } from './strict-schema.ts'

export interface StructuredQuestion<T> {
  readonly model: ChatModel
  /** An object, or anything else, which then travels inside one. No records with open keys. */
  readonly schema: z.ZodType<T>
  /** Letters, digits, dashes and underscores, at most 64. */
  readonly name: string
  readonly messages: readonly ChatMessage[]
  readonly maxOutputTokens: number
  readonly signal: AbortSignal
  readonly temperature?: number
  /** What is made of plain words, where they say what matters. Unset: only the form counts. */
  readonly prose?: {
    /** True: the form is asked for once more first. */
    readonly asksAgain: boolean
    readonly read: (text: string) => T
  }
}

type Checked<T> = { readonly value: T } | { readonly problems: string }

/** A wrong answer is shown to the model again; no need for all of a long one. */
const maxQuotedCharacters = 8_000

/**
 * Asks a model for a decision and validates it. An answer that does not fit is asked for once more, with what is wrong
 * said, or taken by its words where the question allows that.
 * @throws {MurmurError} MUR_MODEL_MALFORMED when the second answer does not fit either, and what the model throws
 */
export async function askStructured<T>(question: StructuredQuestion<T>): Promise<T> {
  const { model, signal, messages } = question
  const { schema, isWrapped } = strictSchemaOf(question.schema)
  const request: ChatRequest = {
    messages,
    maxOutputTokens: question.maxOutputTokens,
    responseSchema: { name: question.name, schema },
    ...(question.temperature === undefined ? {} : { temperature: question.temperature }),
  }
  const first = await model.complete(request, { signal })
  const checked = check(question.schema, first, isWrapped)
  if ('value' in checked) return checked.value
  const { prose } = question
  if (prose && !prose.asksAgain && isProse(first)) return prose.read(first.text)
  const second = await model.complete(
    { ...request, messages: [...messages, ...correction(first, checked.problems)] },
    { signal },
  )
  const again = check(question.schema, second, isWrapped)
  if ('value' in again) return again.value
  const spoken = prose && [second, first].find(isProse)
  if (prose && spoken) return prose.read(spoken.text)
  throw new MurmurError('MUR_MODEL_MALFORMED', {
    reason: `${question.name}: ${again.problems.slice(0, 300)}`,
    modelId: second.modelId,
  })
}

/** Words for people: not an attempt at the form that went wrong, and not a refusal. */
function isProse({ text, finishReason }: ChatReply): boolean {
  return finishReason !== 'content_filter' && text.trim() !== '' && !/^\s*(?:[{[]|```)/.test(text)
}

function correction(reply: ChatReply, problems: string): readonly ChatMessage[] {
  return [
    { role: 'assistant', content: reply.text.slice(0, maxQuotedCharacters) || '(nothing)' },
    {
      role: 'user',
      content: `That does not fit: ${problems}. Answer again, with nothing but JSON of the given schema.`,
    },
  ]
}

/**
 * Schemas are constants, so each is converted once; the cache forgets them with their owner.
 */
const converted = new WeakMap<z.ZodType, { schema: JsonSchema; isWrapped: boolean }>()

function strictSchemaOf(schema: z.ZodType): { schema: JsonSchema; isWrapped: boolean } {
  let known = converted.get(schema)
  if (!known) {
    const json: JsonSchema = z.toJSONSchema(schema, { io: 'input' })
    const isWrapped = json['type'] !== 'object'
    known = {
      schema: toStrictSchema(isWrapped ? z.toJSONSchema(z.object({ value: schema }), { io: 'input' }) : json),
      isWrapped,
    }
    converted.set(schema, known)
  }
  return known
}

function check<T>(schema: z.ZodType<T>, reply: ChatReply, isWrapped: boolean): Checked<T> {
  if (reply.finishReason === 'content_filter') return { problems: 'the model declined to answer' }
  let json: unknown
  try {
    json = JSON.parse(withoutFences(reply.text))
  } catch {
    return { problems: reply.finishReason === 'length' ? 'the JSON was cut off, be much shorter' : 'it is not JSON' }
  }
  const value = isWrapped && typeof json === 'object' && json !== null && 'value' in json ? json.value : json
  return validate(schema, value)
}

/** Strict outputs say null for what was left out; where that is the only thing wrong, it is taken for left out. */
function validate<T>(schema: z.ZodType<T>, value: unknown): Checked<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value: parsed.data }
  const nulls = parsed.error.issues.filter((issue) => dropNull(value, issue.path))
  const again = nulls.length > 0 ? schema.safeParse(value) : parsed
  return again.success ? { value: again.data } : { problems: describe(again.error) }
}

function dropNull(root: unknown, path: readonly PropertyKey[]): boolean {
  let owner = root
  for (const key of path.slice(0, -1)) owner = isFields(owner) ? owner[key] : undefined
  const last = path.at(-1)
  if (last === undefined || !isFields(owner) || Array.isArray(owner) || owner[last] !== null) return false
  return Reflect.deleteProperty(owner, last)
}

function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'the answer'}: ${issue.message}`)
    .join('; ')
}

function withoutFences(text: string): string {
  return /^\s*```[a-z]*\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(text)?.[1] ?? text
}

function isFields(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}
