import { PassThrough } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import { expect, test } from '@jest/globals'
import { WebSocketConnection } from '../../../playground/workspace/web-socket.ts'

/** A masked client frame, as RFC 6455 wants it from browsers and SDKs. */
function clientFrame(opcode: number, payload: string, isLast = true): Buffer {
  const mask = Buffer.from([1, 2, 3, 4])
  const data = Buffer.from(payload)
  const masked = Buffer.from(data.map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
  const length =
    data.length < 126
      ? Buffer.from([0x80 | data.length])
      : Buffer.from([0x80 | 126, data.length >> 8, data.length & 255])
  return Buffer.concat([Buffer.from([(isLast ? 0x80 : 0) | opcode]), length, mask, masked])
}

interface Wire {
  readonly feed: (part: Buffer) => void
  readonly texts: string[]
  readonly written: () => Buffer
  readonly closes: () => number
}

function open(): Wire {
  const texts: string[] = []
  const parts: Buffer[] = []
  let closes = 0
  const socket = new PassThrough()
  socket.write = ((part: Buffer | string) => {
    parts.push(Buffer.from(part as string))
    return true
  }) as typeof socket.write
  const request = { headers: { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' } } as unknown as IncomingMessage
  const connection = new WebSocketConnection(request, socket, Buffer.alloc(0), {
    onText: (text) => texts.push(text),
    onClose: () => {
      closes += 1
    },
  })
  expect(connection).toBeDefined()
  return {
    feed: (part) => void socket.emit('data', part),
    texts,
    written: () => Buffer.concat(parts),
    closes: () => closes,
  }
}

test('answers the handshake of the RFC', () => {
  expect(open().written().toString()).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
})

test('reads frames that arrive in pieces, in bundles and in fragments', () => {
  const { feed, texts } = open()
  const bytes = Buffer.concat([
    clientFrame(1, 'one'),
    clientFrame(1, 'tw', false),
    clientFrame(0, 'o'),
    clientFrame(1, 'ä'.repeat(200)),
  ])
  for (const byte of bytes.subarray(0, 20)) feed(Buffer.from([byte]))
  feed(bytes.subarray(20))
  expect(texts).toEqual(['one', 'two', 'ä'.repeat(200)])
})

test('answers pings and closes once', () => {
  const { feed, written, closes } = open()
  feed(clientFrame(9, 'are you there'))
  expect(written().subarray(-15).toString('latin1')).toBe('\x8a\rare you there')
  feed(clientFrame(8, ''))
  feed(clientFrame(8, ''))
  expect(closes()).toBe(1)
})
