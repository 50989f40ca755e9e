import { readFile, stat } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerResponse } from 'node:http'
import { asObject, asText } from './json-object.ts'
import { sendText } from './send-answer.ts'

const PAGE_FOLDER = fileURLToPath(new URL('../page/', import.meta.url))
const ROOT_FOLDER = fileURLToPath(new URL('../../', import.meta.url))
const MAX_CACHED = 500

const CONTENT_TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** The page's own files: TypeScript goes out with its types removed, `vendor/<name>` is looked up in vendor.json. */
export class StaticFiles {
  readonly #folder: string
  readonly #cache = new Map<string, { readonly changedMs: number; readonly body: Buffer }>()

  constructor(folder = PAGE_FOLDER) {
    this.#folder = resolve(folder)
  }

  /** Answers with the file at `path` below the folder, or 404. */
  async send(path: string, response: ServerResponse): Promise<void> {
    const file = path.startsWith('vendor/') ? await this.#vendorFile(path.slice('vendor/'.length)) : this.#ownFile(path)
    const body = file === undefined ? undefined : await this.#read(file)
    if (file === undefined || body === undefined) {
      sendText(response, 404, 'No such file.')
      return
    }
    response.writeHead(200, {
      'content-type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': body.length,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
    })
    response.end(body)
  }

  #ownFile(path: string): string | undefined {
    const file = resolve(join(this.#folder, path))
    return file.startsWith(this.#folder + sep) ? file : undefined
  }

  async #vendorFile(name: string): Promise<string | undefined> {
    const table = asObject(JSON.parse(await readFile(join(this.#folder, 'vendor.json'), 'utf8')))
    const place = Object.hasOwn(table, name) ? asText(table[name]) : undefined
    return place === undefined ? undefined : join(ROOT_FOLDER, place)
  }

  async #read(file: string): Promise<Buffer | undefined> {
    const changedMs = await stat(file).then(
      (facts) => (facts.isFile() ? facts.mtimeMs : undefined),
      () => undefined,
    )
    if (changedMs === undefined) return undefined
    const cached = this.#cache.get(file)
    if (cached?.changedMs === changedMs) return cached.body
    const source = await readFile(file)
    const body = extname(file) === '.ts' ? Buffer.from(stripQuietly(source.toString('utf8'))) : source
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear()
    this.#cache.set(file, { changedMs, body })
    return body
  }
}

/** Node 24 warns once that stripping types is experimental; that is no news for who starts the playground. */
function stripQuietly(source: string): string {
  const loud = Object.getOwnPropertyDescriptor(process, 'emitWarning')
  Object.defineProperty(process, 'emitWarning', { value: () => {}, configurable: true, writable: true })
  try {
    return stripTypeScriptTypes(source)
  } finally {
    if (loud === undefined) Reflect.deleteProperty(process, 'emitWarning')
    else Object.defineProperty(process, 'emitWarning', loud)
  }
}
