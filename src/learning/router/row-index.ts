/** From a well-mixed 32-bit hash to its row: open addressing, since building a Map of 60,000 hashes holds the event loop up for 20 ms. */
export class RowIndex {
  #hashes: Uint32Array
  /** One more than the row; 0 is free. */
  #rows: Int32Array
  #size = 0

  constructor(expected: number) {
    const room = roomFor(expected)
    this.#hashes = new Uint32Array(room)
    this.#rows = new Int32Array(room)
  }

  get(hash: number): number | undefined {
    const found = this.#rows[this.#placeOf(hash)] as number
    return found === 0 ? undefined : found - 1
  }

  set(hash: number, row: number): void {
    const place = this.#placeOf(hash)
    if (this.#rows[place] === 0) this.#size++
    this.#hashes[place] = hash
    this.#rows[place] = row + 1
    if (this.#size * 2 > this.#rows.length) this.#grow()
  }

  #placeOf(hash: number): number {
    const mask = this.#rows.length - 1
    let place = hash & mask
    while (this.#rows[place] !== 0 && this.#hashes[place] !== hash) place = (place + 1) & mask
    return place
  }

  #grow(): void {
    const [hashes, rows] = [this.#hashes, this.#rows]
    this.#hashes = new Uint32Array(hashes.length * 2)
    this.#rows = new Int32Array(rows.length * 2)
    for (let at = 0; at < rows.length; at++) {
      if (rows[at] === 0) continue
      const place = this.#placeOf(hashes[at] as number)
      this.#hashes[place] = hashes[at] as number
      this.#rows[place] = rows[at] as number
    }
  }
}

const roomFor = (expected: number): number => 2 ** Math.max(10, Math.ceil(Math.log2(expected * 2 + 2)))
