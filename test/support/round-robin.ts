import { createServer, request, type IncomingHttpHeaders } from 'node:http'

/** Spreads requests over servers in turn, as a load balancer without sticky sessions does; who refuses is passed over. */
export interface RoundRobin {
  readonly url: string
  /** From now on these, by their base addresses. */
  setTargets(urls: readonly string[]): void
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export async function startRoundRobin(): Promise<RoundRobin> {
  let targets: readonly string[] = []
  let turn = 0
  const server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => {
      const first = turn++
      const send = async (): Promise<Answer> => {
        for (let index = 0; index < targets.length; index++) {
          const target = targets[(first + index) % targets.length] ?? ''
          const answer = await forward(new URL(incoming.url ?? '/', target), incoming.method ?? 'GET', incoming.headers, Buffer.concat(pieces)).catch(() => undefined)
          if (answer) return answer
        }
        return { status: 502, headers: {}, body: Buffer.alloc(0) }
      }
      void send().then(({ status, headers, body }) => outgoing.writeHead(status, headers).end(body))
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    setTargets: (urls) => void (targets = urls),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function forward(url: URL, method: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers, connection: 'close' } }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 502, headers: response.headers, body: Buffer.concat(pieces) }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
