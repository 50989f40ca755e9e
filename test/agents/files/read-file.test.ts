import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { kindOfFile } from '../../../src/agents/files/file-kind.ts'
import { FileProblem } from '../../../src/agents/files/file-problem.ts'
import { createFileReader } from '../../../src/agents/files/read-file.ts'
import { projectRoot } from '../../support/source-tree.ts'

const fixture = (name: string): Buffer => readFileSync(join(projectRoot, 'test/fixtures/files', name))
const { read: readFile } = createFileReader()
const never = new AbortController().signal

async function problemOf(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  if (!(error instanceof FileProblem)) throw new Error(`expected a FileProblem, got ${String(error)}`)
  return error.message
}

/** An archive of one part: what its headers say of it may be untrue. */
function zip(name: string, content: Buffer, saidBytes = content.length, packed = deflateRawSync(content)): Buffer {
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(saidBytes, 22)
  local.writeUInt16LE(name.length, 26)
  const entry = Buffer.alloc(46)
  entry.writeUInt32LE(0x02014b50, 0)
  entry.writeUInt16LE(8, 10)
  entry.writeUInt32LE(packed.length, 20)
  entry.writeUInt32LE(saidBytes, 24)
  entry.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, entry, Buffer.from(name), end])
}

describe('a file of each kind', () => {
  test.each([
    ['notes.txt', 'text', 'The new one weighs 31 tons'],
    ['guide.md', 'markdown', 'Berth nine is kept free for the pilot.'],
    ['catch.csv', 'csv', 'Clara,mackerel,210'],
    ['fleet.json', 'json', '"built": 1934'],
    ['page.html', 'html', 'The mole is closed for repairs'],
    ['lighthouse.pdf', 'pdf', 'lit for the first time on 1 February 1844'],
    ['ferry-rules.docx', 'docx', 'two trunks and one parrot'],
  ])('%s is read as %s', async (name, kind, says) => {
    const read = await readFile(fixture(name), name, never)
    expect(read.kind).toBe(kind)
    expect(read.text).toContain(says)
    expect(read.text).not.toMatch(/alert\(1\)|<p>|<w:/)
    expect(read.passages.map(({ start, end }) => read.text.slice(start, end)).join('\n')).toContain(says)
  })

  test('headings of Word, pages of a PDF and tables are kept', async () => {
    const { text } = await readFile(fixture('ferry-rules.docx'), 'x', never)
    expect(text).toContain('# Ferry rules')
    expect(text).toMatch(/Fare\s*\|\s*4 crowns/)
    expect((await readFile(fixture('lighthouse.pdf'), 'x', never)).text).toMatch(/## Page 2\n\nIts keeper, Alan Stevenson/)
  })

  test('the kind is told by the bytes and not by the name', async () => {
    expect(kindOfFile(fixture('lighthouse.pdf'), 'holiday.txt')).toBe('pdf')
    expect(kindOfFile(fixture('flag.png'), 'flag.pdf')).toBe('image')
    expect(kindOfFile(Buffer.from('MZ\0\0\x03\0'), 'notes.txt')).toBe('unknown')
    expect(kindOfFile(Buffer.from('%PDX'), 'a.pdf')).toBe('text')
    expect(kindOfFile(zip('a.txt', Buffer.from('hi')), 'a.docx')).toBe('unknown')
  })

  test('encodings other than UTF-8 are told by their mark, or taken for Western', async () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Größe und Maß', 'utf16le')])
    expect((await readFile(wide, 'a.txt', never)).text).toBe('Größe und Maß')
    expect((await readFile(Buffer.from('Größe und Maß', 'latin1'), 'a.txt', never)).text).toBe('Größe und Maß')
  })
})

describe('a file that must not harm', () => {
  test('one that is no text, too large, empty or broken is refused with a sentence', async () => {
    expect(await problemOf(readFile(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0]), 'run.txt', never))).toContain('none of these')
    expect(await problemOf(readFile(Buffer.alloc(5_000_001, 97), 'a.txt', never))).toContain('at most 5 MB')
    expect(await problemOf(readFile(Buffer.from(' \n '), 'a.txt', never))).toBe('It is empty.')
    expect(await problemOf(readFile(Buffer.from('%PDF-1.7 nothing'), 'a.pdf', never))).toContain('broken')
    expect(await problemOf(readFile(zip('word/document.xml', Buffer.from('no xml')), 'a.docx', never))).toContain('broken')
  })

  test('an archive that unpacks to gigabytes is refused, whatever its headers say', async () => {
    const bomb = zip('word/document.xml', Buffer.alloc(0), 100, deflateRawSync(Buffer.alloc(200_000_000)))
    expect(bomb.length).toBeLessThan(1_000_000)
    expect(await problemOf(readFile(bomb, 'a.docx', never))).toContain('unpacks to more than')
  })

  test('one that takes too long or is cancelled costs its worker only', async () => {
    const { read: impatient } = createFileReader({ timeoutMs: 1 })
    expect(await problemOf(impatient(fixture('lighthouse.pdf'), 'a.pdf', never))).toContain('longer than')
    await expect(readFile(fixture('notes.txt'), 'a.txt', AbortSignal.abort())).rejects.toMatchObject({ code: 'MUR_RUN_CANCELLED' })
    expect((await readFile(fixture('notes.txt'), 'a.txt', never)).kind).toBe('text')
  })
})
