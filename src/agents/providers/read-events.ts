import { MurmurError } from '../../errors.ts'

const maxLine = 2_000_000

/**
 * Reads server-sent events from text that comes in pieces cut anywhere.
 * Only `data` matters to us; comments, names and ids are skipped.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventReader {
  #rest = ''
  #data: string[] = []
  readonly #onData: (data: string) => void

  constructor(onData: (data: string) => void) {
    this.#onData = onData
  }

  /** @throws {MurmurError} MUR_MODEL_MALFORMED for a line of more than 2,000,000 characters */
  feed(text: string): void {
    const buffer = this.#rest + text
    let start = 0
    for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n', start)) {
      this.#line(buffer.slice(start, buffer.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end))
      start = end + 1
    }
    this.#rest = buffer.slice(start)
    if (this.#rest.length > maxLine) throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'endless line' })
  }

  /** Takes what is left as a last line; servers that stop without an empty line exist. */
  end(): void {
    if (this.#rest !== '') this.#line(this.#rest)
    this.#rest = ''
    this.#line('')
  }

  #line(line: string): void {
    if (line === '') {
      if (this.#data.length === 0) return
      const data = this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n')
      this.#data = []
      this.#onData(data)
      return
    }
    if (!line.startsWith('data:')) return
    this.#data.push(line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5))
  }
}
