import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { MurmurError } from '../../errors.ts'

/** The first line of a backup. */
export interface BackupHeader {
  readonly murmur: 'backup'
  readonly format: 1
  readonly madeAtMs: number
  /** The migrations that its tables have, in their order. */
  readonly migrations: readonly string[]
}

/** Some rows of one table; values in the order of the columns, bytes as `{ base64 }`. */
export interface TableRows {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly unknown[])[]
}

/** The last line: without it, or with another sum of what stands before it, the file is not whole. */
interface Footer {
  readonly end: true
  readonly rows: number
  readonly sha256: string
}

/** A line is at most about so long, whatever a table holds; only a single longer row passes it. */
const maxLineBytes = 64 * 1024 ** 2

/**
 * Writes a backup: gzipped lines of JSON, the same for both engines. The file has its name only when it is whole and on disk; until
 * then it is called `<path>.part`.
 * @returns how many rows it has
 */
export async function writeBackupFile(path: string, header: BackupHeader, tables: AsyncIterable<TableRows>): Promise<number> {
  const part = `${path}.part`
  const hash = createHash('sha256')
  let count = 0
  async function* lines(): AsyncGenerator<string> {
    const line = (content: object): string => {
      const text = `${JSON.stringify(content)}\n`
      hash.update(text)
      return text
    }
    yield line(header)
    for await (const rows of tables) {
      count += rows.rows.length
      yield line(rows)
    }
    yield `${JSON.stringify({ end: true, rows: count, sha256: hash.digest('hex') } satisfies Footer)}\n`
  }
  try {
    // The fastest level: vectors hardly shrink, and the rest is small.
    await pipeline(Readable.from(lines()), createGzip({ level: 1 }), createWriteStream(part, { mode: 0o600 }))
    await syncToDisk(part)
    await rename(part, path)
    await syncToDisk(dirname(path))
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  return count
}

/**
 * Reads a backup: its header, then its rows. That the file is whole is known only when the last rows were read.
 * @throws {MurmurError} MUR_BACKUP_UNUSABLE for what is no backup, or not a whole one
 */
export async function* readBackupFile(path: string): AsyncGenerator<BackupHeader | TableRows> {
  const hash = createHash('sha256')
  let count = 0
  let isFirst = true
  let footer: Footer | undefined
  for await (const line of linesOf(path)) {
    const content = parse(path, line)
    if (isFirst && !isHeader(content)) throw unusable(path, 'a file that is no backup of Murmur, or one of a later form')
    isFirst = false
    if (footer) throw unusable(path, 'lines behind its end')
    if (isFooter(content)) {
      footer = content
      continue
    }
    hash.update(`${line}\n`)
    if ('rows' in content) count += content.rows.length
    yield content
  }
  if (!footer) throw unusable(path, isFirst ? 'an empty file' : 'a file that ends in the middle')
  if (footer.rows !== count || footer.sha256 !== hash.digest('hex')) throw unusable(path, 'a file that was changed or damaged')
}

/** Makes what was written to a file, or the names in a folder, survive a power cut. */
export async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const unusable = (path: string, found: string): MurmurError => new MurmurError('MUR_BACKUP_UNUSABLE', { wanted: 'a whole backup', found, file: path })

async function* linesOf(path: string): AsyncGenerator<string> {
  const unzip = createGunzip()
  createReadStream(path).on('error', (error) => unzip.destroy(error)).pipe(unzip)
  let rest = Buffer.alloc(0)
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
        yield Buffer.concat([rest, chunk.subarray(from, end)]).toString('utf8')
        rest = Buffer.alloc(0)
        from = end + 1
      }
      rest = Buffer.concat([rest, chunk.subarray(from)])
      if (rest.length > maxLineBytes) throw unusable(path, 'a line without an end')
    }
  } catch (error) {
    if (error instanceof MurmurError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw unusable(path, 'no file of this name')
    if (code === 'Z_BUF_ERROR') throw unusable(path, 'a file that ends in the middle')
    if (code?.startsWith('Z_')) throw unusable(path, 'a file that is no backup of Murmur')
    throw error
  }
  if (rest.length > 0) throw unusable(path, 'a file that ends in the middle')
}

function parse(path: string, line: string): BackupHeader | TableRows | Footer {
  try {
    const content: unknown = JSON.parse(line)
    if (isHeader(content) || isFooter(content) || isRows(content)) return content
  } catch {
    // Told below, as any other line that does not belong here.
  }
  throw unusable(path, 'a file that is no backup of Murmur, or one of a later form')
}

const fieldsOf = (content: unknown): Readonly<Record<string, unknown>> => (typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {})

const isHeader = (content: unknown): content is BackupHeader => fieldsOf(content)['murmur'] === 'backup' && fieldsOf(content)['format'] === 1 && Array.isArray(fieldsOf(content)['migrations'])

const isFooter = (content: unknown): content is Footer => fieldsOf(content)['end'] === true

const isRows = (content: unknown): content is TableRows => typeof fieldsOf(content)['table'] === 'string' && Array.isArray(fieldsOf(content)['rows']) && Array.isArray(fieldsOf(content)['columns'])
