import type { RunAttempt } from '../run-attempt.ts'
import type { Reading, SwarmDesk } from './topology.ts'

interface Heard {
  readonly lines: readonly Reading[]
  readonly upToMs: number
}

const maxLines = 20
const maxLineChars = 2_000

/** What people say in the thread while a swarm is at work: each line is heard once, by the next who listens. */
export function hearPeople({ journal, thread, signal }: Pick<RunAttempt, 'journal' | 'thread' | 'signal'>): SwarmDesk['hear'] {
  let afterMs = 0
  return async (key) => {
    signal.throwIfAborted()
    const hearNow = async (): Promise<Heard> => {
      const news = (await thread.readNews(afterMs, signal)).slice(-maxLines)
      return { lines: news.map(({ author, text }) => ({ title: `${author} in the thread`, text: text.slice(0, maxLineChars).toWellFormed() })), upToMs: news.at(-1)?.sentAtMs ?? afterMs }
    }
    const { lines, upToMs } = await journal.once(`swarm:hear:${key}`, hearNow)
    afterMs = Math.max(afterMs, upToMs)
    return lines
  }
}
