import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isStoreDown } from './error-log.ts'
import type { Telemetry } from './telemetry.ts'
import { withinTime } from './within-time.ts'

export interface OpsRoute {
  readonly path: string
  readonly method: 'GET'
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void
}

/** What must answer before work makes sense; a check that throws is not ready. One that gives a text works in another way than it should. */
export type ReadyChecks = Readonly<Record<string, () => Promise<string | undefined | void>>>

export interface OpsOptions {
  readonly checks: ReadyChecks
  readonly telemetry: Telemetry
  /** Undefined: there is no /metrics. */
  readonly metricsToken: string | undefined
}

/** Each check has this long, so that a probe gets its answer before it gives up. */
const checkTimeoutMs = 3_000

export function createOpsRoutes({ checks, telemetry, metricsToken }: OpsOptions): OpsRoute[] {
  return [
    { path: '/healthz', method: 'GET', handler: (_request, response) => sendJson(response, 200, { status: 'alive' }) },
    { path: '/readyz', method: 'GET', handler: (_request, response) => void sendReadiness(response, checks) },
    { path: '/metrics', method: 'GET', handler: (request, response) => void sendMetrics(request, response, telemetry, metricsToken) },
  ]
}

async function sendReadiness(response: ServerResponse, checks: ReadyChecks): Promise<void> {
  const entries = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await look(check)] as const))
  const isAllReady = entries.every(([, { isReady }]) => isReady)
  sendJson(response, isAllReady ? 200 : 503, {
    status: isAllReady ? 'ready' : 'not ready',
    checks: Object.fromEntries(entries.map(([name, { says }]) => [name, says])),
  })
}

interface Seen {
  readonly isReady: boolean
  readonly says: string
}

async function look(check: ReadyChecks[string]): Promise<Seen> {
  const silence: Seen = { isReady: false, says: 'no answer' }
  const result = check().then(
    (note): Seen => ({ isReady: true, says: note ? `ok, ${note}` : 'ok' }),
    (error: unknown) => (isStoreDown(error) ? { ...silence, says: `${silence.says} (${error.details['reason']})` } : silence),
  )
  return withinTime(result, silence, checkTimeoutMs)
}

async function sendMetrics(request: IncomingMessage, response: ServerResponse, telemetry: Telemetry, token: string | undefined): Promise<void> {
  if (token === undefined) return sendJson(response, 404, { error: 'Metrics are off. Set MURMUR_METRICS_TOKEN and send it as a bearer token.' })
  if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
    return sendJson(response, 401, { error: 'Expected the bearer token of MURMUR_METRICS_TOKEN.' })
  }
  const { contentType, text } = await telemetry.render()
  response.writeHead(200, { 'content-type': contentType }).end(text)
}

/** Compares without telling by its time how much was right. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
