import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on a free port of this machine, tells the parent where, and ends with it. */
export async function listenAndReport(server: Server, facts: (url: string) => object): Promise<void> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  process.send?.(facts(`http://127.0.0.1:${port}`))
  process.once('disconnect', () => process.exit(0))
}
