import { readHtmlText } from '../tools/html-text.ts'
import { checkZip } from './checked-zip.ts'
import type { FileKind } from './file-kind.ts'
import { FileProblem } from './file-problem.ts'

/** What is longer is cut, and the outline says so. */
export const mostTextChars = 5_000_000
const mostPdfPages = 3_000

/**
 * The text of a file, as a reader would read it. Runs in a worker, because parsers block and hostile files make them block for long.
 * @throws {FileProblem} when it can't be read
 */
export async function extractText(kind: FileKind, bytes: Buffer): Promise<string> {
  switch (kind) {
    case 'pdf':
      return readPdf(bytes)
    case 'docx':
      return readDocx(bytes)
    case 'html':
      return (await readHtmlText(decode(bytes), undefined, mostTextChars)).text
    case 'json':
      return readJson(decode(bytes))
    case 'text':
    case 'markdown':
    case 'csv':
      return decode(bytes)
    case 'image':
    case 'unknown':
      throw new FileProblem('It is no text.')
  }
}

/** Page by page, so that what comes before a broken page is kept; each begins with its number, which an answer can name. */
async function readPdf(bytes: Buffer): Promise<string> {
  const { getDocumentProxy } = await import('unpdf')
  const document = await getDocumentProxy(new Uint8Array(bytes), { useSystemFonts: false, disableFontFace: true, verbosity: 0 }).catch((error: unknown) => {
    const isLocked = error instanceof Error && error.name === 'PasswordException'
    throw new FileProblem(isLocked ? 'It is protected by a password.' : 'It is broken: no PDF reader understands it.')
  })
  const pages: string[] = []
  let chars = 0
  for (let number = 1; number <= Math.min(document.numPages, mostPdfPages) && chars < mostTextChars; number++) {
    const page = await document.getPage(number)
    const { items } = await page.getTextContent()
    const text = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('').trim()
    if (text !== '') pages.push(`## Page ${number}\n\n${text}`)
    chars += text.length
  }
  if (pages.length === 0) throw new FileProblem('It has no text, only pictures of pages. Send the pages as images, or a version with text.')
  return pages.join('\n\n')
}

/** By way of HTML, which keeps headings, lists and tables. */
async function readDocx(bytes: Buffer): Promise<string> {
  checkZip(bytes)
  const { default: mammoth } = await import('mammoth')
  const { value } = await mammoth.convertToHtml({ buffer: bytes }, { convertImage: mammoth.images.imgElement(async () => ({ src: '' })) }).catch((error: unknown) => {
    throw new FileProblem('It is broken: no text can be found in it.', { cause: error })
  })
  // A cell of a table is one line.
  const html = value.replaceAll(/(<t[dh][^>]*>)<p>/g, '$1').replaceAll(/<\/p>(<\/t[dh]>)/g, '$1')
  return (await readHtmlText(html, undefined, mostTextChars)).text
}

/** Laid out in lines where it was one, so that it has borders to be cut at. */
function readJson(text: string): string {
  try {
    return text.slice(0, 100_000).split('\n').length > 3 ? text : JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}

/** By its mark, else UTF-8 where that fits, else what Western Windows programs write. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
