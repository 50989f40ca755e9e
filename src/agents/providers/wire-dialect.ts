import type { ChatRequest, ModelProfile, ReasoningEffort } from '../chat-model.ts'

/** How one server wants to be asked. Starts from the profile and learns from refusals that name a parameter. */
export interface WireDialect {
  readonly outputLimit: 'max_completion_tokens' | 'max_tokens'
  readonly sendsTemperature: boolean
  readonly sendsStreamOptions: boolean
  readonly reasoningEffort: ReasoningEffort | undefined
  /** Where the schema of structured output stands: OpenAI's place, or `value` as text-generation-inference wants it. */
  readonly schemaField: 'json_schema' | 'value'
  /** False for servers that take either the text or the tool calls of an earlier message, and would drop the calls. */
  readonly saysTextBesideCalls: boolean
}

/** What a refusal (400 or 422) said. */
export interface Refusal {
  readonly status: number | undefined
  readonly param: string
  readonly code: string
  readonly message: string
}

export function initialDialect(profile: ModelProfile): WireDialect {
  return {
    outputLimit: profile.capabilities.includes('max_tokens') ? 'max_tokens' : 'max_completion_tokens',
    sendsTemperature: !profile.capabilities.includes('fixed_temperature'),
    sendsStreamOptions: true,
    reasoningEffort: profile.reasoningEffort,
    schemaField: 'json_schema',
    saysTextBesideCalls: true,
  }
}

/**
 * The dialect to try after a refusal, or undefined when the refusal names nothing that could be said another way.
 * https://github.com/BerriAI/litellm/pull/34569 shows why tools need an explicit effort of "none" on newer models.
 */
export function adaptDialect(dialect: WireDialect, refusal: Refusal, request: ChatRequest): WireDialect | undefined {
  if (refusal.status !== 400 && refusal.status !== 422) return undefined
  const names = (parameter: string): boolean =>
    refusal.param === '' ? new RegExp(`\\b${parameter}\\b`).test(refusal.message) : refusal.param === parameter
  if (names(dialect.outputLimit)) {
    return { ...dialect, outputLimit: dialect.outputLimit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens' }
  }
  if (dialect.sendsTemperature && request.temperature !== undefined && names('temperature')) {
    return { ...dialect, sendsTemperature: false }
  }
  if (dialect.sendsStreamOptions && names('stream_options')) return { ...dialect, sendsStreamOptions: false }
  // https://github.com/huggingface/text-generation-inference/pull/3276
  if (dialect.schemaField === 'json_schema' && request.responseSchema && /missing field .value./.test(refusal.message)) {
    return { ...dialect, schemaField: 'value' }
  }
  if (names('reasoning_effort')) return adaptEffort(dialect, request)
  // A 422 says where it went wrong.
  const isBare = refusal.status === 400 && refusal.param === '' && refusal.code === '' && !namesSomething.test(refusal.message)
  return isBare ? saySimpler(dialect) : undefined
}

/** A refusal about the length or the content, or one that names what we can't say another way. */
const namesSomething = /context|length|token|too long|content|policy|safety|\w_\w/i

/** A bare "bad request" may mean what only OpenAI's own models know: it is left out, the most particular first. */
function saySimpler(dialect: WireDialect): WireDialect | undefined {
  if (dialect.reasoningEffort !== undefined) return { ...dialect, reasoningEffort: undefined }
  if (dialect.outputLimit === 'max_tokens') return undefined
  return { ...dialect, outputLimit: 'max_tokens', sendsStreamOptions: false }
}

function adaptEffort(dialect: WireDialect, request: ChatRequest): WireDialect | undefined {
  const hasTools = (request.tools?.length ?? 0) > 0
  if (hasTools && dialect.reasoningEffort !== 'none') return { ...dialect, reasoningEffort: 'none' }
  return dialect.reasoningEffort === undefined ? undefined : { ...dialect, reasoningEffort: undefined }
}
