import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

export type WireBody = Readonly<Record<string, unknown>>
/** Answers one call; calls beyond the list get the last one again. */
export type RawAnswer = (response: ServerResponse, body: WireBody) => void

/** A server that says exactly what a test wants on the wire, for manners that no honest stand-in has. */
export class RawModelServer {
  readonly bodies: WireBody[] = []
  readonly headers: IncomingMessage['headers'][] = []
  readonly #answers: readonly RawAnswer[]
  readonly #server: Server
  /** How many connections were opened. */
  connections = 0

  constructor(answers: readonly RawAnswer[]) {
    this.#answers = answers
    this.#server = createServer((request, response) => {
      this.#receive(request, response)
    })
    this.#server.on('connection', () => {
      this.connections++
    })
  }

  async listen(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.listen(0, '127.0.0.1', resolve)
    await promise
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/v1`
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
    let text = ''
    request.on('data', (part: Buffer) => {
      text += part.toString()
    })
    request.on('end', () => {
      const body = JSON.parse(text) as WireBody
      this.bodies.push(body)
      this.headers.push(request.headers)
      const answer = this.#answers[Math.min(this.bodies.length, this.#answers.length) - 1]
      answer?.(response, body)
    })
  }
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): RawAnswer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

/** Sends the parts one after the other as an event stream and ends, or stays silent then. */
export const stream =
  (parts: readonly string[], { ends = true } = {}): RawAnswer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (index: number): void => {
      const part = parts[index]
      if (part === undefined) {
        if (ends) response.end()
        return
      }
      response.write(part, () => {
        setImmediate(() => {
          send(index + 1)
        })
      })
    }
    send(0)
  }

export const event = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finishReason }] })}\n\n`

export const usageEvent =
  'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}}\n\n'
export const done = 'data: [DONE]\n\n'

export const completion = (
  message: object,
  finishReason = 'stop',
  usage: object | null = { prompt_tokens: 9, completion_tokens: 3 },
): object => ({
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason }],
  ...(usage ? { usage } : {}),
})
