/** So long is waited for others after a call that was made for several; a query takes about as long. */
const gatherMs = 4

/**
 * Calls that come while one is under way, or within one turn of the event loop, are made together: one round trip instead of one
 * each. Nobody waits for others to come, but for a moment where many come.
 * @param work answers for each of the items, in their order, where there is an answer; when it fails, all of them fail
 * @param most items of one call
 */
export function together<Item, Answer>(work: (items: readonly Item[]) => Promise<readonly Answer[] | void>, most: number): (item: Item) => Promise<Answer> {
  let waiting: { readonly item: Item; readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[] = []
  let isAtWork = false
  let last = 0

  const next = async (): Promise<void> => {
    const taken = waiting.slice(0, most)
    waiting = waiting.slice(most)
    last = taken.length
    try {
      const answers = await work(taken.map(({ item }) => item))
      for (const [index, { resolve }] of taken.entries()) resolve(answers?.[index] as Answer)
    } catch (error) {
      for (const { reject } of taken) reject(error)
    }
    isAtWork = false
    if (waiting.length > 0) begin()
  }

  const begin = (): void => {
    isAtWork = true
    if (last > 1 && waiting.length < most) setTimeout(() => void next(), gatherMs)
    else setImmediate(() => void next())
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!isAtWork) begin()
    })
}
