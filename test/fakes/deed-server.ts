import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ModelDeed } from '../conformance/chat-model.ts'

/** One call as it came over the wire. */
export interface WireCall {
  /** With its query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly response: ServerResponse
}

/** Says a deed in the words of one protocol; `hang`, `down` and calls beyond the list never reach it. */
export type Speak = (call: WireCall, deed: SpokenDeed) => void
export type SpokenDeed = Exclude<ModelDeed, { hang: true }>

/** A local server that does one deed a call, in order. */
export class DeedServer {
  readonly calls: WireCall[] = []
  readonly #deeds: readonly ModelDeed[]
  readonly #speak: Speak
  readonly #server: Server
  readonly #waiting: { calls: number; resolve: () => void }[] = []

  constructor(deeds: readonly ModelDeed[], speak: Speak) {
    this.#deeds = deeds
    this.#speak = speak
    this.#server = createServer((request, response) => {
      this.#receive(request, response)
    })
  }

  /** @returns its address, without a slash at its end */
  async listen(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.listen(0, '127.0.0.1', resolve)
    await promise
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }

  async called(calls: number): Promise<void> {
    if (this.calls.length >= calls) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ calls, resolve })
    await promise
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => {
      resolve()
    })
    this.#server.closeAllConnections()
    await promise
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    let body = ''
    request.on('data', (part: Buffer) => {
      body += part.toString()
    })
    request.on('end', () => {
      const call: WireCall = { path: request.url ?? '', headers: request.headers, body, response }
      const deed = this.#deeds[this.calls.length]
      this.calls.push(call)
      for (const { calls, resolve } of this.#waiting) if (this.calls.length >= calls) resolve()
      if (!deed) sendJson(response, 500, { error: 'no deed is left' })
      else if ('fail' in deed && deed.fail === 'down') response.socket?.destroy()
      else if (!('hang' in deed)) this.#speak(call, deed)
    })
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

/** The pieces a text is streamed in: cut in the middle of words. */
export const piecesOf = (text: string): readonly string[] => text.match(/[\s\S]{1,7}/gu) ?? []
