import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { ApiError } from './api-error.ts'
import { CallServer } from './call-server.ts'
import { isFields } from './chat-request.ts'
import type { AnswerHook, OfflineModel, OfflineModelOptions } from './offline-model.ts'
import { waitForState } from './wait-for-state.ts'

const maxBodyBytes = 32 * 1024 * 1024
const label =
  "Offline model: a stand-in that matches patterns, not a language model. It speaks OpenAI's Chat Completions and "
  + 'Embeddings APIs under /v1.'
const defaultModels = ['offline-model', 'offline-model-small', 'offline-embedding']

/**
 * Starts the offline model: a local HTTP server that speaks OpenAI's `POST /v1/chat/completions`, `POST
 * /v1/embeddings` and `GET /v1/models`, answers by rules, remembers every call and fails on demand. The same request
 * gets the same answer; nothing is stored and nothing leaves this machine.
 */
export async function createOfflineModel(options: OfflineModelOptions = {}): Promise<OfflineModel> {
  const model = new OfflineModelServer(options)
  await model.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  return model
}

class OfflineModelServer implements OfflineModel {
  readonly #options: OfflineModelOptions
  readonly #server: Server
  readonly #calls: CallServer
  readonly #listeners = new Set<() => void>()
  url = ''

  constructor(options: OfflineModelOptions) {
    this.#options = options
    this.#calls = new CallServer(options, () => {
      for (const listener of this.#listeners) listener()
    })
    this.#server = createServer((request, response) => {
      this.#receive(request, response)
    })
    // Longer than any client keeps an idle connection: else a call now and then meets a connection that is being
    // closed.
    this.#server.keepAliveTimeout = 120_000
    this.#server.requestTimeout = 0
  }

  async listen(port: number, host: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen(port, host, resolve)
    await promise
    const address = this.#server.address()
    const actualPort = typeof address === 'object' && address !== null ? address.port : port
    this.url = `http://${host}:${actualPort}`
  }

  get baseUrl(): string {
    return `${this.url}/v1`
  }

  get usage(): OfflineModel['usage'] {
    const totals = this.#calls.journal.totals
    return { ...totals, totalTokens: totals.promptTokens + totals.completionTokens }
  }

  get pending(): number {
    return this.#calls.journal.pending
  }

  get held(): number {
    return this.#calls.gate.held
  }

  get faults(): OfflineModel['faults'] {
    return this.#calls.faults
  }

  requests(): ReturnType<OfflineModel['requests']> {
    return this.#calls.journal.entries()
  }

  hold(options?: Parameters<OfflineModel['hold']>[0]): void {
    this.#calls.gate.hold(options)
  }

  release(count?: number): void {
    this.#calls.gate.release(count)
  }

  setAnswer(answer: AnswerHook | undefined): void {
    this.#calls.answer = answer
  }

  waitFor<T>(what: string, probe: () => T | undefined | false | null, timeoutMs = 20_000): Promise<T> {
    return waitForState({
      what,
      probe,
      timeoutMs,
      subscribe: (listener) => {
        this.#listeners.add(listener)
        return () => this.#listeners.delete(listener)
      },
      describe: () => `${this.usage.calls} calls so far, ${this.pending} pending, ${this.held} held`,
    })
  }

  async close(): Promise<void> {
    this.#calls.isClosing = true
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => {
      resolve()
    })
    this.#server.closeAllConnections()
    await promise
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    try {
      this.#route(request, response)
    } catch (error) {
      sendError(response, error)
    }
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (request.method === 'GET' && path === '/') {
      sendJson(response, 200, { service: 'offline-model', message: label })
      return
    }
    this.#checkKey(request)
    const kind = path === '/v1/chat/completions' ? 'chat' : path === '/v1/embeddings' ? 'embeddings' : undefined
    if (kind !== undefined && request.method === 'POST') {
      readBody(request, (error, body) => {
        if (error !== undefined) sendError(response, error)
        else void this.#calls.serve(kind, body, response)
      })
      return
    }
    if (request.method === 'GET' && path.startsWith('/v1/models')) this.#listModels(path, response)
    else if (kind !== undefined)
      throw new ApiError(405, `Not allowed to ${request.method} on ${path}.`, { code: 'method_not_supported' })
    else throw new ApiError(404, `Invalid URL (${request.method} ${path})`)
  }

  #listModels(path: string, response: ServerResponse): void {
    const models = (this.#options.models ?? defaultModels).map((id) => ({
      id,
      object: 'model',
      created: 0,
      owned_by: 'offline-model',
    }))
    const wanted = decodeURIComponent(path.slice('/v1/models'.length)).replace(/^\//, '')
    if (wanted === '') {
      sendJson(response, 200, { object: 'list', data: models })
      return
    }
    const found = models.find((model) => model.id === wanted)
    if (found === undefined)
      throw new ApiError(404, `The model '${wanted}' does not exist`, { param: 'model', code: 'model_not_found' })
    sendJson(response, 200, found)
  }

  #checkKey(request: IncomingMessage): void {
    const key = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (key === undefined) {
      throw new ApiError(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
          + 'auth (i.e. Authorization: Bearer YOUR_KEY).',
      )
    }
    if (this.#options.apiKey !== undefined && key !== this.#options.apiKey) {
      throw new ApiError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' })
    }
  }
}

function readBody(
  request: IncomingMessage,
  done: (error: Error | undefined, body: Readonly<Record<string, unknown>>) => void,
): void {
  const parts: Buffer[] = []
  let bytes = 0
  request.on('data', (part: Buffer) => {
    bytes += part.length
    if (bytes <= maxBodyBytes) parts.push(part)
    else parts.length = 0
  })
  request.on('end', () => {
    if (bytes > maxBodyBytes) {
      done(new ApiError(413, `Expected a body of at most ${maxBodyBytes} bytes.`), {})
      return
    }
    const body = parseJson(parts.length === 1 ? String(parts[0]) : Buffer.concat(parts).toString())
    done(isFields(body) ? undefined : unreadableBody(), isFields(body) ? body : {})
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreadableBody(): ApiError {
  return new ApiError(
    400,
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
      + 'library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)',
  )
}

function sendError(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof ApiError ? error : new ApiError(500, error instanceof Error ? error.message : String(error))
  sendJson(response, known.status, known)
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
