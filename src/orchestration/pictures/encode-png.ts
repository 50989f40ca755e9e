import { crc32, deflateSync } from 'node:zlib'

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Each row says how it is filtered. Up (the difference to the row above) makes flat colours nearly vanish. */
const filterUp = 2

/**
 * A true-colour PNG of three bytes a pixel, without metadata: https://www.w3.org/TR/png-3/. The same pixels give the same bytes with the same zlib.
 * Written here because Node has the two hard parts, deflate and CRC; what is left is less than a dependency to keep up to date.
 */
export function encodePng(width: number, height: number, rgb: Uint8Array): Uint8Array {
  if (rgb.length !== width * height * 3) throw new RangeError(`Expected ${width} x ${height} pixels of three bytes, got ${rgb.length} bytes.`)
  const rowBytes = width * 3
  const rows = new Uint8Array(height * (rowBytes + 1))
  for (let y = 0; y < height; y++) {
    const out = y * (rowBytes + 1)
    rows[out] = filterUp
    const here = y * rowBytes
    for (let x = 0; x < rowBytes; x++) rows[out + 1 + x] = (rgb[here + x] ?? 0) - (rgb[here - rowBytes + x] ?? 0)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits a sample, true colour, and the only methods there are of compression, filtering and no interlacing.
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())])
}

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
