import { MurmurError } from '../../errors.ts'
import type { ChatMessage, ChatRequest, CompleteOptions, ModelProfile, ProfiledModel } from '../chat-model.ts'
import { exchangeOverHttp, HttpRefusal, type HttpModelOptions } from './http-exchange.ts'
import type { Answered } from './openai-reply.ts'
import { parseJson, readBody } from './read-body.ts'

/** Nothing comes before the whole answer, and a public swarm may make one token a second. */
const baseMs = 60_000
const slowestMsPerToken = 1_000

/**
 * A model that a Petals swarm runs, behind the HTTP API of its chat backend (`POST /api/v1/generate`): text in, text
 * out. It has no tools, no schema, no streaming, no count of tokens and no way to stop early, so a profile says only
 * `chat` and a low `maxOutputTokens`. Tools that are offered are not passed on: the answer is then text.
 * https://github.com/petals-infra/chat.petals.dev#http-api-apiv1
 */
export function createPetalsModel(options: HttpModelOptions): ProfiledModel {
  const { profile, timeoutMs } = options
  const url = `${options.baseUrl.replace(/\/+$/, '').replace(/\/api(?:\/v1)?$/, '')}/api/v1/generate`
  return {
    profile,
    async complete(request, call) {
      if (request.responseSchema !== undefined) throw noSchema(profile)
      const maxNewTokens = Math.min(request.maxOutputTokens, profile.maxOutputTokens)
      const waitMs = timeoutMs ?? baseMs + maxNewTokens * slowestMsPerToken
      return exchangeOverHttp(options, request, call, {
        url,
        contentType: 'application/x-www-form-urlencoded',
        body: toForm(request, profile, maxNewTokens).toString(),
        firstByteMs: waitMs,
        quietMs: waitMs,
        async read(response, watch) {
          let text = ''
          await readBody(response, watch, (piece) => {
            text += piece
            return false
          })
          return readAnswer(parseJson(text), maxNewTokens, call)
        },
      })
    },
  }
}

function toForm(request: ChatRequest, profile: ModelProfile, maxNewTokens: number): URLSearchParams {
  const { temperature = 0 } = request
  const sampling = temperature > 0 ? { do_sample: '1', temperature: String(temperature), top_p: '0.9' } : { do_sample: '0' }
  return new URLSearchParams({
    model: profile.model,
    inputs: toPrompt(request.messages),
    max_new_tokens: String(maxNewTokens),
    ...sampling,
  })
}

const headings = { system: 'System', user: 'User', tool: 'Tool', assistant: 'Assistant' } as const

/** The form that Stable Beluga 2, the model of the public swarm, was trained on; others understand it. */
function toPrompt(messages: readonly ChatMessage[]): string {
  const parts = messages.map(({ role, content }) => `### ${headings[role]}:\n${withoutHeadings(content)}`)
  return [...parts, '### Assistant:\n'].join('\n\n')
}

/** Whoever writes a heading must not speak in another's name. */
const withoutHeadings = (text: string): string => text.replaceAll(/^[ \t]*#+[ \t]*(?=(?:System|User|Tool|Assistant):)/gim, '')

function readAnswer(body: unknown, maxNewTokens: number, { onText }: CompleteOptions): Answered {
  const { ok, outputs, traceback } = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>
  if (ok === false) throw toRefusal(typeof traceback === 'string' ? traceback : '')
  if (ok !== true || typeof outputs !== 'string') throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'no outputs' })
  // There is no stop sequence in this API: the model goes on and writes the next person's part as well.
  const end = outputs.search(/\n?###|<\/s>/)
  const text = (end < 0 ? outputs : outputs.slice(0, end)).trim()
  if (text === '') throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'empty answer' })
  onText?.(text)
  // Its tokens are not counted; what fills the limit at four characters a token was cut by it.
  const isCut = end < 0 && outputs.length >= maxNewTokens * 4
  return { text, toolCalls: [], finishReason: isCut ? 'length' : 'stop', usage: undefined }
}

/** Every failure is a Python traceback with status 200; its last line says what happened. */
function toRefusal(traceback: string): HttpRefusal {
  const reason = traceback.trim().split('\n').at(-1)?.trim() ?? ''
  if (/^KeyError\b|license restrictions/.test(reason)) return new HttpRefusal(404, `unknown or closed model: ${reason}`)
  if (/maximum length exceeded/i.test(reason)) return new HttpRefusal(400, reason)
  return new HttpRefusal(503, reason)
}

/** 501, so that a model that can is asked instead. */
function noSchema({ provider }: ModelProfile): MurmurError {
  return new MurmurError('MUR_MODEL_REFUSED', { provider, status: 501, reason: 'it gives no structured output' })
}
