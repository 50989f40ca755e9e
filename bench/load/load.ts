import type { Report } from '../bench.ts'
import type { SlackFacts } from '../subjects/slack-murmur.ts'

/** What every part of the load test gets. */
export interface Load {
  readonly slack: SlackFacts
  readonly newDataDir: () => string
  /** Little of everything: shows that it works, not how fast it is. */
  readonly isQuick: boolean
}

export type MeasureLoad = (load: Load) => Promise<readonly Report[]>
