/** Counts per prefix, so that the n-th file or event of a run has the same id in every run. */
export class IdSequence {
  readonly #counts = new Map<string, number>()

  /** @returns for example `Ev00000001`, then `Ev00000002` */
  next(prefix: string): string {
    const count = (this.#counts.get(prefix) ?? 0) + 1
    this.#counts.set(prefix, count)
    return prefix + String(count).padStart(8, '0')
  }
}
