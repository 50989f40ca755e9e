import { LineReader } from './read-lines.ts'

/**
 * Reads server-sent events from text that comes in pieces cut anywhere.
 * Only `data` matters to us; comments, names and ids are skipped.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class EventReader {
  #data: string[] = []
  readonly #onData: (data: string) => void
  readonly #lines = new LineReader((line) => {
    this.#line(line)
  })

  constructor(onData: (data: string) => void) {
    this.#onData = onData
  }

  /** @throws {MurmurError} MUR_MODEL_MALFORMED for a line of more than 2,000,000 characters */
  feed(text: string): void {
    this.#lines.feed(text)
  }

  /** Takes what is left as a last event; servers that stop without an empty line exist. */
  end(): void {
    this.#lines.end()
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
