/** FNV-1a, 32 bits: quick, even enough, and the same on every machine. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** A number in [0, 1) that depends only on the text. */
export function fractionOf(text: string): number {
  return hashText(text, 0x9747b28c) / 2 ** 32
}
