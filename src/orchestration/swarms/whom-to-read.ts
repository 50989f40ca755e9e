/** Seven others and oneself: what one reads at a time stays the same however many there are. */
const mostOthers = 7
const mostFavoured = 4

/**
 * Whose words a member reads where a swarm is too large to read them all: some that matter most to it, and then those who sit
 * next to it, in a ring, so that everybody is read by as many and every word can travel round. That each one reads only a few
 * others costs a debate little of its accuracy (Li et al. 2024, arxiv.org/abs/2406.11776).
 * @param seats ids of all who are there, in the order of their seats
 * @param favoured ids that matter most to this one, the most important first; others may be among them
 * @returns ids in the order of the seats, its own among them
 */
export function whomToRead(seats: readonly string[], self: string, favoured: readonly string[]): ReadonlySet<string> {
  const at = seats.indexOf(self)
  const ring = [...seats.slice(at + 1), ...seats.slice(0, Math.max(0, at))]
  const first = favoured.filter((id) => ring.includes(id)).slice(0, mostFavoured)
  const others = [...new Set([...first, ...ring])].slice(0, mostOthers)
  return new Set(seats.filter((id) => id === self || others.includes(id)))
}
