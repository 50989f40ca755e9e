import { icon } from './icon.ts'
import { make } from './make.ts'
import { readNumber, readText, type Json } from './read-json.ts'

const shownImages = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** Renders the files of a message: pictures as pictures, everything else as a card that downloads. */
export function renderFiles(files: readonly Json[], fileUrl: (id: string) => string): HTMLElement | false {
  if (files.length === 0) return false
  return make('div', { class: 'files' }, ...files.map((file) => renderFile(file, fileUrl(readText(file['id'])))))
}

function renderFile(file: Json, url: string): HTMLElement {
  const name = readText(file['title']) || readText(file['name']) || 'file'
  if (shownImages.has(readText(file['mimetype']))) {
    return make(
      'figure',
      { class: 'image' },
      make('figcaption', {}, name),
      make('img', { src: url, alt: name, loading: 'lazy' }),
    )
  }
  const meta = [
    readText(file['filetype']).toUpperCase() || readText(file['mimetype']),
    formatSize(readNumber(file['size'], 0)),
  ]
  return make(
    'a',
    { class: 'file', href: url, download: readText(file['name']), 'aria-label': `File ${name}` },
    icon('file'),
    make(
      'span',
      {},
      make('span', { class: 'file-name' }, name),
      make('span', { class: 'file-meta' }, meta.filter((one) => one !== '').join(' · ')),
    ),
  )
}

function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}
