import { extname } from 'node:path'
import type { ShelvedFile } from './file-shelf.ts'
import type { StoredFile } from './stored-message.ts'

/** Name ending -> Slack's filetype and the MIME type; everything else is binary. */
const TYPES: { readonly [extension: string]: readonly [filetype: string, mimetype: string] } = {
  '.txt': ['text', 'text/plain'],
  '.md': ['markdown', 'text/markdown'],
  '.csv': ['csv', 'text/csv'],
  '.json': ['json', 'application/json'],
  '.html': ['html', 'text/html'],
  '.ts': ['typescript', 'text/plain'],
  '.js': ['javascript', 'text/javascript'],
  '.py': ['python', 'text/x-python'],
  '.pdf': ['pdf', 'application/pdf'],
  '.png': ['png', 'image/png'],
  '.jpg': ['jpg', 'image/jpeg'],
  '.gif': ['gif', 'image/gif'],
  '.zip': ['zip', 'application/zip'],
  '.docx': ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  '.xlsx': ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
}

/** What Slack tells about an uploaded file. */
export function describeFile(file: ShelvedFile, user: string, url: string, nowMs: number, title?: string): StoredFile {
  const [filetype, mimetype] = TYPES[extname(file.name).toLowerCase()] ?? ['binary', 'application/octet-stream']
  return {
    id: file.id,
    name: file.name,
    title: title ?? file.name,
    filetype: file.snippetType ?? filetype,
    mimetype,
    size: file.bytes?.length ?? 0,
    user,
    createdMs: nowMs,
    urlPrivate: `${url}/files-pri/${file.id}/${encodeURIComponent(file.name)}`,
  }
}
