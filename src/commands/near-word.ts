/** The known word that a slip of the finger turned into `typed`, if there is one. */
export function findNearWord(typed: string, known: readonly string[]): string | undefined {
  const word = typed.toLowerCase()
  return known.find((candidate) => isNear(word, candidate))
}

/** One slip away: a letter more, less, other, or two exchanged. */
function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  const [restA, restB] = [a.slice(start), b.slice(start)]
  if (restA.slice(1) === restB || restA === restB.slice(1) || restA.slice(1) === restB.slice(1)) return true
  return restA.slice(2) === restB.slice(2) && restA[0] === restB[1] && restA[1] === restB[0]
}
