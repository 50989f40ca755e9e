import type { IncomingMessage } from 'node:http'

/** @throws {Error} when the body is longer than `maxBytes` */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBytes) throw new Error(`Expected a body of at most ${maxBytes} bytes.`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
