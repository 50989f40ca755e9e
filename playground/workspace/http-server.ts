import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendText } from './send-answer.ts'

/** Answers a request whose path begins with its prefix; `rest` is what follows. */
export type Route = (
  rest: string,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
) => Promise<void>

/** A plain HTTP server that hands each request to the route with the longest fitting prefix. */
export class HttpServer {
  readonly #server: Server
  readonly #routes: { readonly prefix: string; readonly route: Route }[] = []

  constructor() {
    this.#server = createServer((request, response) => {
      this.#dispatch(request, response).catch((error: unknown) => fail(response, error))
    })
    this.#server.keepAliveTimeout = 30_000
  }

  get raw(): Server {
    return this.#server
  }

  addRoute(prefix: string, route: Route): void {
    this.#routes.push({ prefix, route })
    this.#routes.sort((one, other) => other.prefix.length - one.prefix.length)
  }

  /** @returns the address without a slash at the end. @throws {Error} when the port is taken */
  listen(port: number, host: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        const name = host === '0.0.0.0' ? '127.0.0.1' : host
        resolve(`http://${name}:${(this.#server.address() as AddressInfo).port}`)
      })
    })
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #dispatch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = request.url ?? '/'
    const mark = address.indexOf('?')
    const path = mark < 0 ? address : address.slice(0, mark)
    const query = new URLSearchParams(mark < 0 ? '' : address.slice(mark + 1))
    const found = this.#routes.find(({ prefix }) =>
      prefix.endsWith('/') && prefix !== '/' ? path.startsWith(prefix) : path === prefix,
    )
    if (found === undefined) sendText(response, 404, 'Nothing here.')
    else await found.route(decodeURIComponent(path.slice(found.prefix.length)), request, response, query)
  }
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy()
  else sendText(response, 500, error instanceof Error ? error.message : String(error))
}
