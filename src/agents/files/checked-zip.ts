import { inflateRawSync } from 'node:zlib'
import { FileProblem } from './file-problem.ts'

/** A document has a few dozen parts and its text packs to a tenth. */
const mostEntries = 3_000
const mostBytes = 120_000_000
const endMark = 0x06054b50
const entryMark = 0x02014b50
const localMark = 0x04034b50
/** The end record and its longest comment. */
const endBytes = 22 + 65_535

/**
 * Refuses an archive that unpacks to far more than a document has, by unpacking each part within a bound: what its headers say may be a lie.
 * @throws {FileProblem}
 */
export function checkZip(bytes: Buffer): void {
  const end = findEnd(bytes)
  const count = bytes.readUInt16LE(end + 10)
  if (count > mostEntries) throw new FileProblem(`It has ${count} parts, and at most ${mostEntries} are read.`)
  let at = bytes.readUInt32LE(end + 16)
  let left = mostBytes
  for (let entry = 0; entry < count; entry++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== entryMark) throw broken()
    const packedBytes = bytes.readUInt32LE(at + 20)
    const packed = dataOf(bytes, bytes.readUInt32LE(at + 42), packedBytes)
    left -= bytes.readUInt16LE(at + 10) === 0 ? packed.length : unpackedBytes(packed, left)
    if (left < 0) throw tooLarge()
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
}

function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - endBytes); at--) if (bytes.readUInt32LE(at) === endMark) return at
  throw broken()
}

function dataOf(bytes: Buffer, at: number, length: number): Buffer {
  if (at + 30 > bytes.length || bytes.readUInt32LE(at) !== localMark) throw broken()
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  if (start + length > bytes.length) throw broken()
  return bytes.subarray(start, start + length)
}

function unpackedBytes(packed: Buffer, most: number): number {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, most) }).length
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge() : broken()
  }
}

const tooLarge = (): FileProblem => new FileProblem(`It unpacks to more than ${mostBytes / 1_000_000} MB.`)
const broken = (): FileProblem => new FileProblem('It is broken: its parts cannot be unpacked.')
