import { MurmurError } from '../../errors.ts'

const maxLine = 2_000_000

/** Cuts text that comes in pieces into lines; the pieces may end anywhere, also between CR and LF. */
export class LineReader {
  #rest = ''
  readonly #onLine: (line: string) => void

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** @throws {MurmurError} MUR_MODEL_MALFORMED for a line of more than 2,000,000 characters */
  feed(text: string): void {
    const buffer = this.#rest + text
    let start = 0
    for (let end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n', start)) {
      this.#onLine(buffer.slice(start, buffer.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end))
      start = end + 1
    }
    this.#rest = buffer.slice(start)
    if (this.#rest.length > maxLine) throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'endless line' })
  }

  /** Takes what is left as a last line; servers that stop without a line end exist. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest)
    this.#rest = ''
  }
}
