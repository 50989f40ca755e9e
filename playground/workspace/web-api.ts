import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApiError } from './api-error.ts'
import type { ApiContext, ApiMethod } from './api-method.ts'
import { CallArguments } from './call-arguments.ts'
import type { ApiFault } from './fault-switches.ts'
import { asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import { methodTable } from './method-table.ts'
import { readBody } from './read-body.ts'
import { sendJson } from './send-answer.ts'
import type { TokenGrant } from './token-book.ts'
import type { WorkspaceState } from './workspace-state.ts'
import { missingScope } from './read-persona.ts'

const MAX_BODY_BYTES = 8 * 1024 * 1024

interface Outcome {
  readonly httpStatus: number
  readonly answer: JsonObject
  readonly headers?: { readonly [name: string]: string }
}

/** Serves `POST /api/<method>`: arguments, token, scopes, faults, the method itself, the journal. */
export class WebApi {
  readonly #state: WorkspaceState
  readonly #url: string

  constructor(state: WorkspaceState, url: string) {
    this.#state = state
    this.#url = url
  }

  async handle(method: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await readArguments(request)
    if (raw === undefined) {
      sendJson(response, 200, { ok: false, error: 'invalid_json' })
      return
    }
    const { token: bodyToken, ...args } = raw
    const token = bearerOf(request) ?? asText(bodyToken)
    const at = this.#state.clock.nowMs
    const fault = this.#state.faults.takeApiFault(method)
    const outcome =
      fault === undefined ? await this.#run(method, args, token) : await this.#runFaulty(fault, method, args, token)
    if (fault !== undefined && (fault.kind === 'hang' || fault.kind === 'disconnect')) {
      this.#state.journal.add({
        method,
        args,
        at,
        httpStatus: 0,
        ok: false,
        error: fault.kind,
        ...(outcome === undefined ? {} : { answer: outcome.answer }),
      })
      if (fault.kind === 'disconnect') request.socket.destroy()
      return
    }
    this.#note(method, args, at, outcome)
    sendJson(response, outcome.httpStatus, outcome.answer, {
      ...outcome.headers,
      'x-slack-req-id': 'playground',
      'x-oauth-scopes': this.#state.tokens.botScopes.join(','),
    })
  }

  #note(method: string, args: JsonObject, at: number, outcome: Outcome): void {
    const error = asText(outcome.answer.error)
    this.#state.journal.add({
      method,
      args,
      at,
      httpStatus: outcome.httpStatus,
      ok: outcome.answer.ok === true,
      ...(error === undefined ? {} : { error }),
      answer: outcome.answer,
    })
  }

  async #runFaulty(fault: ApiFault, method: string, args: JsonObject, token: string | undefined): Promise<Outcome> {
    const effect = fault.afterEffect === true ? await this.#run(method, args, token) : undefined
    switch (fault.kind) {
      case 'rate_limited':
        return {
          httpStatus: 429,
          answer: { ok: false, error: 'ratelimited' },
          headers: { 'retry-after': String(fault.retryAfterSeconds ?? 1) },
        }
      case 'http_500':
        return { httpStatus: 500, answer: { ok: false, error: 'internal_error' } }
      case 'error':
        return { httpStatus: 200, answer: { ok: false, error: fault.error ?? 'internal_error' } }
      case 'hang':
      case 'disconnect':
        return effect ?? { httpStatus: 0, answer: { ok: false } }
    }
  }

  async #run(name: string, args: JsonObject, token: string | undefined): Promise<Outcome> {
    try {
      const method = methodTable.get(name)
      if (method === undefined) throw new ApiError('unknown_method', { req_method: name })
      const context: ApiContext = { state: this.#state, grant: this.#authorize(method, token), url: this.#url }
      for (const scope of method.scopes ?? []) if (!context.grant.scopes.has(scope)) throw missingScope(context, scope)
      return { httpStatus: 200, answer: { ok: true, ...(await method.run(new CallArguments(args), context)) } }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { httpStatus: 200, answer: { ok: false, error: error.code, ...error.details } }
    }
  }

  /** @throws {ApiError} not_authed, invalid_auth or not_allowed_token_type */
  #authorize(method: ApiMethod, token: string | undefined): TokenGrant {
    if (method.token === 'none')
      return { token: '', kind: 'bot', userId: this.#state.directory.bot.userId, scopes: new Set() }
    if (token === undefined || token === '') throw new ApiError('not_authed')
    const grant = this.#state.tokens.find(token)
    if (grant === undefined) throw new ApiError('invalid_auth')
    if (method.token !== 'any' && grant.kind !== (method.token ?? 'bot')) throw new ApiError('not_allowed_token_type')
    return grant
  }
}

function bearerOf(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization
  return header?.startsWith('Bearer ') === true ? header.slice('Bearer '.length).trim() : undefined
}

/** Arguments of the address and of the body, JSON or form; undefined for broken JSON. */
async function readArguments(request: IncomingMessage): Promise<JsonObject | undefined> {
  const query = Object.fromEntries(new URL(request.url ?? '/', 'http://localhost').searchParams)
  const body = (await readBody(request, MAX_BODY_BYTES)).toString('utf8')
  const basic = basicOf(request)
  const start = basic === undefined ? query : { ...query, basic_auth: basic }
  if (body === '') return start
  if (request.headers['content-type']?.includes('application/json') !== true)
    return { ...start, ...Object.fromEntries(new URLSearchParams(body)) }
  try {
    const parsed: unknown = JSON.parse(body)
    return isJsonObject(parsed) ? { ...start, ...parsed } : undefined
  } catch {
    return undefined
  }
}

function basicOf(request: IncomingMessage): { username: string; password: string } | undefined {
  const header = request.headers.authorization
  if (header?.startsWith('Basic ') !== true) return undefined
  const [username = '', password = ''] = Buffer.from(header.slice('Basic '.length), 'base64')
    .toString('utf8')
    .split(':')
  return { username, password }
}
