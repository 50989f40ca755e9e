import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A way to a server that can be slow, cut, or dead without saying so. */
export interface Proxy {
  /** The server's address by way of the proxy. */
  readonly url: string
  /** From now on each piece comes so much later, in both directions. */
  setDelay(ms: number): void
  /** Ends every connection, and lets new ones through. */
  cut(): Promise<void>
  /** Ends every connection and lets no new one through, until {@link allow}. */
  refuse(): Promise<void>
  /** Connections stay open and nothing comes through any more: half-open. Until {@link allow}, which cuts them. */
  silence(): void
  allow(): void
  close(): Promise<void>
}

export async function startProxy(targetUrl: string): Promise<Proxy> {
  const target = new URL(targetUrl)
  const sockets = new Set<Socket>()
  let delayMs = 0
  let mode: 'open' | 'refusing' | 'silent' = 'open'

  const carry = (from: Socket, to: Socket): void => {
    let last = Promise.resolve()
    from.on('data', (piece: Buffer) => {
      if (mode === 'silent') return
      last = last.then(async () => {
        if (delayMs > 0) await pause(delayMs)
        if (!to.destroyed) to.write(piece)
      })
    })
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const server = createServer((client) => {
    if (mode === 'refusing') return void client.destroy()
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay(true))
    carry(client, upstream)
    carry(upstream, client)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  const url = new URL(targetUrl)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  const cut = async (): Promise<void> => {
    const closed = [...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    for (const socket of sockets) socket.destroy()
    await Promise.all(closed)
  }
  return {
    url: url.href,
    setDelay: (ms) => void (delayMs = ms),
    cut,
    async refuse() {
      mode = 'refusing'
      await cut()
    },
    silence: () => void (mode = 'silent'),
    allow() {
      const wasSilent = mode === 'silent'
      mode = 'open'
      if (wasSilent) void cut()
    },
    async close() {
      await cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
