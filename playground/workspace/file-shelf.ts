import type { IdSequence } from './id-sequence.ts'
import type { StoredFile } from './stored-message.ts'

/** A file with its bytes. `info` is undefined until the upload is completed. */
export interface ShelvedFile {
  readonly id: string
  readonly name: string
  readonly announcedBytes: number
  readonly snippetType: string | undefined
  bytes: Buffer | undefined
  info: StoredFile | undefined
  /** Conversations it was shared in. */
  readonly channels: Set<string>
}

const MAX_FILES = 2000
const MAX_TOTAL_BYTES = 256 * 1024 * 1024

/** Uploaded files in memory: at most 2,000 and 256 MiB together, the oldest go first. */
export class FileShelf {
  readonly #files = new Map<string, ShelvedFile>()
  readonly #ids: IdSequence
  #totalBytes = 0

  constructor(ids: IdSequence) {
    this.#ids = ids
  }

  reserve(name: string, announcedBytes: number, snippetType?: string): ShelvedFile {
    const file: ShelvedFile = {
      id: this.#ids.next('F'),
      name,
      announcedBytes,
      snippetType,
      bytes: undefined,
      info: undefined,
      channels: new Set(),
    }
    this.#files.set(file.id, file)
    this.#dropOldest()
    return file
  }

  fill(file: ShelvedFile, bytes: Buffer): void {
    this.#totalBytes += bytes.length - (file.bytes?.length ?? 0)
    file.bytes = bytes
    this.#dropOldest()
  }

  get(id: string): ShelvedFile | undefined {
    return this.#files.get(id)
  }

  isVisibleTo(file: ShelvedFile, canSee: (channel: string) => boolean): boolean {
    return [...file.channels].some((channel) => canSee(channel))
  }

  remove(id: string): boolean {
    this.#totalBytes -= this.#files.get(id)?.bytes?.length ?? 0
    return this.#files.delete(id)
  }

  #dropOldest(): void {
    for (const id of this.#files.keys()) {
      if (this.#files.size <= 1 || (this.#files.size <= MAX_FILES && this.#totalBytes <= MAX_TOTAL_BYTES)) return
      this.remove(id)
    }
  }
}
