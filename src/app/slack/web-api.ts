import { stringify } from 'node:querystring'
import { readAnswer } from './read-answer.ts'
import { createSlackExchange, type SlackExchange } from './slack-exchange.ts'

export interface WebApiOptions {
  readonly token: string
  /** For example `https://slack.com/api/`. */
  readonly apiUrl: string
  readonly connections?: WebConnections
  /** For one HTTP exchange. */
  readonly timeoutMs: number
}

/** Connections by purpose, so that calls of one kind that hang never hold up the others. Shared by all workspaces. */
export type WebConnections = Readonly<Record<'reading' | 'posting' | 'decorating', SlackExchange>>

/** Makes one call, once. @throws {MurmurError} MUR_SLACK_BUSY, MUR_SLACK_REJECTED; {ExchangeError} when no answer came */
export type WebApi = (method: string, args: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>

const readMethods = /^(conversations|users|team|bots|auth|files\.info|api\.test)/
const decorationMethods = /^(agents\.|assistant\.|reactions\.)/
/** A status that comes late is worth nothing, and the next sign of life waits for it. */
const longestDecorationMs = 3_000

export const createWebConnections = (): WebConnections => ({
  reading: createSlackExchange(),
  posting: createSlackExchange(),
  decorating: createSlackExchange(),
})

/**
 * Slack's Web API without the SDK's client, which would repeat posts whose outcome is unknown, takes an unclear 429 for a
 * nameless error, and makes three copies of each call for a log that nobody reads.
 */
export function createWebApi({ token, apiUrl, timeoutMs, connections = createWebConnections() }: WebApiOptions): WebApi {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'murmur' }
  return async (method, args) => {
    const purpose = purposeOf(method)
    const answer = await connections[purpose]({
      // Never an address of its own: whatever the method is called, it stands behind the API's address.
      url: new URL(`${apiUrl}${method}`),
      headers,
      body: toForm(args),
      timeoutMs: purpose === 'decorating' ? Math.min(timeoutMs, longestDecorationMs) : timeoutMs,
    })
    return readAnswer(method, answer)
  }
}

function purposeOf(method: string): keyof WebConnections {
  if (readMethods.test(method)) return 'reading'
  return decorationMethods.test(method) ? 'decorating' : 'posting'
}

/** Lists and objects travel as JSON; what is not there does not travel. */
function toForm(args: Readonly<Record<string, unknown>>): string {
  const fields: Record<string, string> = {}
  for (const [name, value] of Object.entries(args)) {
    if (value !== undefined && value !== null) fields[name] = typeof value === 'string' ? value : JSON.stringify(value)
  }
  return stringify(fields)
}
