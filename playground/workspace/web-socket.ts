import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** Fixed by RFC 6455, section 1.3. */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const TEXT = 0x1
const CLOSE = 0x8
const PING = 0x9
const PONG = 0xa

interface Frame {
  readonly isLast: boolean
  readonly opcode: number
  readonly payload: Buffer
  readonly totalBytes: number
}

/** What the owner of a connection wants to hear. */
export interface WebSocketHandlers {
  readonly onText: (text: string) => void
  readonly onClose: () => void
}

/** The server's end of one websocket (RFC 6455): text both ways, pings answered, no extensions. */
export class WebSocketConnection {
  readonly #socket: Duplex
  readonly #handlers: WebSocketHandlers
  #input: Buffer = Buffer.alloc(0)
  #fragments: Buffer[] = []
  #isClosed = false

  /** @throws {Error} when the request is no websocket handshake */
  constructor(request: IncomingMessage, socket: Duplex, head: Buffer, handlers: WebSocketHandlers) {
    const key = request.headers['sec-websocket-key']
    if (key === undefined) throw new Error('Expected a websocket handshake.')
    this.#socket = socket
    this.#handlers = handlers
    const accept = createHash('sha1')
      .update(key + HANDSHAKE_GUID)
      .digest('base64')
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('data', (part: Buffer) => this.#take(part))
    socket.on('error', () => this.#end())
    socket.on('close', () => this.#end())
    if (head.length > 0) this.#take(head)
  }

  sendText(text: string): void {
    this.#write(TEXT, Buffer.from(text))
  }

  ping(): void {
    this.#write(PING, Buffer.alloc(0))
  }

  close(): void {
    this.#write(CLOSE, Buffer.from([0x03, 0xe8]))
    // Destroyed once the close frame is out, or a silent peer would keep the server from closing.
    this.#socket.end(() => this.#socket.destroy())
    this.#end()
  }

  #take(part: Buffer): void {
    this.#input = this.#input.length === 0 ? part : Buffer.concat([this.#input, part])
    let frame = readFrame(this.#input)
    while (frame !== undefined && !this.#isClosed) {
      this.#input = this.#input.subarray(frame.totalBytes)
      this.#handle(frame)
      frame = readFrame(this.#input)
    }
    if (this.#input.length > MAX_MESSAGE_BYTES) this.close()
  }

  #handle(frame: Frame): void {
    if (frame.opcode === PING) this.#write(PONG, frame.payload)
    else if (frame.opcode === CLOSE) this.close()
    else if (frame.opcode <= 0x2) this.#join(frame)
  }

  #join(frame: Frame): void {
    this.#fragments.push(frame.payload)
    if (!frame.isLast) return
    const text = Buffer.concat(this.#fragments).toString('utf8')
    this.#fragments = []
    this.#handlers.onText(text)
  }

  #write(opcode: number, payload: Buffer): void {
    if (this.#isClosed || !this.#socket.writable) return
    this.#socket.write(Buffer.concat([frameHead(opcode, payload.length), payload]))
  }

  #end(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#handlers.onClose()
  }
}

function frameHead(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, length])
  const head = Buffer.alloc(length < 65_536 ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) head.writeUInt16BE(length, 2)
  else head.writeBigUInt64BE(BigInt(length), 2)
  return head
}

/** The first whole frame of the input, or undefined until more has arrived. */
function readFrame(input: Buffer): Frame | undefined {
  if (input.length < 2) return undefined
  const first = input.readUInt8(0)
  const second = input.readUInt8(1)
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const isMasked = (second & 0x80) !== 0
  const start = 2 + lengthBytes + (isMasked ? 4 : 0)
  if (input.length < start) return undefined
  const length =
    lengthBytes === 2 ? input.readUInt16BE(2) : lengthBytes === 8 ? Number(input.readBigUInt64BE(2)) : short
  if (input.length < start + length) return undefined
  const payload = Buffer.from(input.subarray(start, start + length))
  if (isMasked) unmask(payload, input.subarray(start - 4, start))
  return { isLast: (first & 0x80) !== 0, opcode: first & 0x0f, payload, totalBytes: start + length }
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let index = 0; index < payload.length; index += 1)
    payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0)
}
