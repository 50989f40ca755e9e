import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One address for several processes, as a load balancer gives it. */
export interface Balancer {
  readonly url: string
  close(): Promise<void>
}

/** Slack's deliveries are smaller; what is larger is nobody's. */
const maxBodyBytes = 1_000_000

/**
 * Hands each request to the next process in turn, and to the one after it when that one does not answer: what was not answered
 * was not accepted, and who accepts twice recognises it.
 * @param targets base addresses, read at each request, so that processes may come and go
 */
export async function createBalancer(targets: () => readonly string[]): Promise<Balancer> {
  let turn = 0
  const server = createServer((incoming, response) => {
    void readBody(incoming).then(async (body) => {
      const chosen = targets()
      turn++
      for (let tried = 0; tried < chosen.length; tried++) {
        const target = chosen[(turn + tried) % chosen.length] as string
        if (await pass(target, incoming, body, response)) return
      }
      response.writeHead(502).end('No process answers.')
    }, () => response.writeHead(413).end())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of incoming as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > maxBodyBytes) throw new RangeError('The body is too large.')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** @returns false when nothing was answered, so that another may be asked */
function pass(target: string, incoming: IncomingMessage, body: Buffer, response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(new URL(incoming.url ?? '/', target), { method: incoming.method ?? 'GET', headers: incoming.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
      answer.once('close', () => resolve(true))
    })
    outgoing.once('error', () => resolve(response.headersSent))
    outgoing.end(body)
  })
}
