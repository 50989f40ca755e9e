/** What a file is by its content; `unknown` is not read. */
export type FileKind = 'text' | 'markdown' | 'csv' | 'json' | 'html' | 'pdf' | 'docx' | 'image' | 'unknown'

/** Picture formats that models look at, by their first bytes. */
const imageForms: readonly (readonly [mimeType: string, magic: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
]
const sniffedBytes = 4_096

/** Names end in many ways; only among texts, which look all the same, does the name decide. */
const textKinds: Readonly<Record<string, FileKind>> = { md: 'markdown', markdown: 'markdown', csv: 'csv', tsv: 'csv', json: 'json', html: 'html', htm: 'html', xhtml: 'html' }

/** The kind of a file by its bytes, never by what somebody called it. */
export function kindOfFile(bytes: Uint8Array, name: string): FileKind {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, sniffedBytes))
  const start = head.toString('latin1')
  // A PDF may begin with a few bytes of junk.
  if (start.slice(0, 1_024).includes('%PDF-')) return 'pdf'
  if (start.startsWith('PK\x03\x04')) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('word/document.xml') ? 'docx' : 'unknown'
  if (imageMimeType(bytes) !== undefined) return 'image'
  if (!looksLikeText(head)) return 'unknown'
  if (/^(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html[\s>])/i.test(start)) return 'html'
  return textKinds[/\.([a-z]{2,8})$/i.exec(name)?.[1]?.toLowerCase() ?? ''] ?? 'text'
}

export function imageMimeType(bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  if (/^RIFF[^]{4}WEBP/.test(start)) return 'image/webp'
  return imageForms.find(([, magic]) => start.startsWith(magic))?.[0]
}

/** UTF-16 has its mark; else nothing that prints has a zero byte, and control characters are rare. */
function looksLikeText(head: Buffer): boolean {
  if (head.length === 0) return true
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) return true
  let odd = 0
  for (const byte of head) {
    if (byte === 0) return false
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) odd++
  }
  return odd <= head.length / 50
}
