/** When an id of ours was made, in ms; undefined for others. The first 48 bits of a UUIDv7 are its time (RFC 9562, 5.7). */
export function timeOfId(id: string): number | undefined {
  const found = /^([0-9a-f]{8})-([0-9a-f]{4})-7/i.exec(id)
  return found ? Number.parseInt(`${found[1]}${found[2]}`, 16) : undefined
}
