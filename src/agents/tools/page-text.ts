import type { FetchedPage } from './fetch-page.ts'
import { readHtmlText } from './html-text.ts'
import type { HtmlText } from './html-text.ts'

/**
 * Turns what was fetched into text. HTML loses its markup; anything else stays as it is. `withLinks` keeps the targets
 * of links.
 */
export async function readPageText(page: FetchedPage, withLinks: boolean): Promise<HtmlText> {
  const source = decode(page)
  if (!isHtml(page)) return { title: '', text: source.trim() }
  return readHtmlText(source, withLinks ? page.url : undefined)
}

const isHtml = ({ mediaType }: FetchedPage): boolean =>
  mediaType === 'text/html' || mediaType === 'application/xhtml+xml'

/** By the header, else by the page's own declaration in its first kilobyte, else UTF-8. */
function decode(page: FetchedPage): string {
  const start = isHtml(page) ? Buffer.from(page.bytes.subarray(0, 1_024)).toString('latin1') : ''
  const declared = page.charset ?? /<meta\b[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/i.exec(start)?.[1] ?? 'utf-8'
  return decoderFor(declared).decode(page.bytes)
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder()
  }
}
