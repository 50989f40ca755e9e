/** Where a person is: who acts, what is open. `place` is a channel id or `home`, the app's Home tab. */
export interface Screen {
  readonly user: string
  readonly place: string
  /** Thread open at the right, '' for none. */
  readonly thread: string
}

/** Reads the screen from the address, so that a reload, a bookmark or a second tab opens the same. */
export function readScreen(hash: string): Partial<Screen> {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''))
  const read = (name: string): string | undefined => parameters.get(name) ?? undefined
  const [user, place, thread] = [read('user'), read('place'), read('thread')]
  return {
    ...(user !== undefined && { user }),
    ...(place !== undefined && { place }),
    ...(thread !== undefined && { thread }),
  }
}

/** Writes the screen as an address. */
export function writeScreen(screen: Screen): string {
  const parameters = new URLSearchParams({ user: screen.user, place: screen.place })
  if (screen.thread !== '') parameters.set('thread', screen.thread)
  return `#${parameters.toString()}`
}
