import { ApiError } from './api-error.ts'
import type { Route } from './http-server.ts'
import { asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import { readBody } from './read-body.ts'
import { sendJson, sendText } from './send-answer.ts'
import { isResponse, takeResponse } from './take-response.ts'
import type { WorkspaceState } from './workspace-state.ts'

const MAX_BODY_BYTES = 1024 * 1024

/** `POST /response/<id>`: the other end of a response_url. */
export function responseRoute(state: WorkspaceState): Route {
  return async (id, request, response) => {
    const payload = parse((await readBody(request, MAX_BODY_BYTES)).toString('utf8'))
    const fault = state.faults.takeApiFault('response_url')
    if (fault !== undefined) {
      sendJson(response, fault.kind === 'rate_limited' ? 429 : 500, {
        ok: false,
        error: fault.error ?? 'internal_error',
      })
      return
    }
    const target = state.responseUrls.use(id)
    const at = state.clock.nowMs
    const error = typeof target === 'string' ? target : tryTaking(() => takeChecked(state, target, payload))
    const httpStatus = error === undefined ? 200 : typeof target === 'string' ? 404 : 400
    state.journal.add({
      method: 'response_url',
      args: payload ?? {},
      at,
      httpStatus,
      ok: error === undefined,
      ...(error === undefined ? {} : { error }),
    })
    if (error === undefined) sendText(response, 200, 'ok')
    else sendJson(response, httpStatus, { ok: false, error })
  }
}

function takeChecked(
  state: WorkspaceState,
  target: Parameters<typeof takeResponse>[1],
  payload: JsonObject | undefined,
): void {
  if (payload === undefined) throw new ApiError('invalid_payload')
  if (!isResponse(payload)) throw new ApiError('no_text')
  takeResponse(state, target, payload)
}

function tryTaking(take: () => void): string | undefined {
  try {
    take()
    return undefined
  } catch (error) {
    if (error instanceof ApiError) return error.code
    throw error
  }
}

function parse(text: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    if (isJsonObject(parsed)) return parsed
  } catch {
    const form = asText(new URLSearchParams(text).get('payload'))
    if (form !== undefined) return parse(form)
  }
  return undefined
}
