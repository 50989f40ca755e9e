import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { RetryNote, SocketPort } from './app-link.ts'
import type { Answer, Outgoing } from './delivery.ts'
import { asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import { WebSocketConnection } from './web-socket.ts'
import type { WorkspaceState } from './workspace-state.ts'

const PING_EVERY_MS = 10_000
/** Slack's own bound (too_many_websockets, slackapi/node-slack-sdk#1654). */
const MAX_CONNECTIONS = 10
const ENVELOPE_TYPES = { event: 'events_api', command: 'slash_commands', interaction: 'interactive' } as const

/**
 * Socket Mode: websockets opened by the app, each delivery on one of them in turn, answered by an ack with its
 * envelope id.
 */
export class SocketMode implements SocketPort {
  readonly #state: WorkspaceState
  readonly #connections: WebSocketConnection[] = []
  readonly #pending = new Map<string, (answer: Answer) => void>()
  readonly #heartbeat: NodeJS.Timeout
  #turn = 0

  constructor(server: Server, state: WorkspaceState) {
    this.#state = state
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#accept(request, socket, head),
    )
    this.#heartbeat = setInterval(() => {
      for (const connection of this.#connections) connection.ping()
    }, PING_EVERY_MS)
    this.#heartbeat.unref()
  }

  get isConnected(): boolean {
    return this.#connections.length > 0
  }

  send(outgoing: Outgoing, retry: RetryNote | undefined, timeoutMs: number): Promise<Answer> {
    this.#turn = (this.#turn + 1) % Math.max(1, this.#connections.length)
    const connection = this.#connections[this.#turn]
    if (connection === undefined) return Promise.resolve({ httpStatus: 0, error: 'not_connected', text: '' })
    const envelopeId = this.#state.ids.next('envelope-')
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer)
        this.#pending.delete(envelopeId)
        resolve(answer)
      }
      const timer = setTimeout(() => settle({ httpStatus: 0, error: 'http_timeout', text: '' }), timeoutMs)
      this.#pending.set(envelopeId, settle)
      connection.sendText(
        JSON.stringify({
          envelope_id: envelopeId,
          type: ENVELOPE_TYPES[outgoing.kind],
          payload: outgoing.payload,
          accepts_response_payload: outgoing.kind !== 'event',
          ...(retry === undefined ? {} : { retry_attempt: retry.num, retry_reason: retry.reason }),
        }),
      )
    })
  }

  /** Asks the app to reconnect, as Slack does every few hours. */
  refresh(): void {
    for (const connection of this.#connections)
      connection.sendText(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
  }

  close(): void {
    clearInterval(this.#heartbeat)
    while (this.#connections.length > 0) this.#connections[0]?.close()
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = new URL(request.url ?? '/', 'http://localhost')
    const isTicketGood = this.#state.socketTickets.delete(address.searchParams.get('ticket') ?? '')
    if (address.pathname !== '/socket' || !isTicketGood || this.#connections.length >= MAX_CONNECTIONS) {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const connection = new WebSocketConnection(request, socket, head, {
      onText: (text) => this.#take(text),
      onClose: () => this.#drop(connection),
    })
    this.#connections.push(connection)
    connection.sendText(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#connections.length,
        connection_info: { app_id: this.#state.directory.appId },
      }),
    )
    // The SDK starts watching for the server's pings with the first one.
    connection.ping()
    this.#state.changes.publish({ type: 'delivery', socket: 'open' })
  }

  #take(text: string): void {
    const ack = parse(text)
    const settle = this.#pending.get(asText(ack.envelope_id) ?? '')
    const payload = isJsonObject(ack.payload) && Object.keys(ack.payload).length > 0 ? JSON.stringify(ack.payload) : ''
    settle?.({ httpStatus: 200, text: payload })
  }

  /** What was sent over a lost connection and not acked fails, unless another connection is there to ack it. */
  #drop(connection: WebSocketConnection): void {
    const index = this.#connections.indexOf(connection)
    if (index >= 0) this.#connections.splice(index, 1)
    if (this.#connections.length > 0) return
    for (const settle of this.#pending.values()) settle({ httpStatus: 0, error: 'connection_failed', text: '' })
  }
}

function parse(text: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(text)
    return isJsonObject(parsed) ? parsed : {}
  } catch {
    return {}
  }
}
