import type { CallRecorder } from './measure/call-recorder.ts'
import type { DiskWaitCounter } from './measure/disk-waits.ts'
import type { SlackCall } from './subjects/bare-slack.ts'
import type { SlackFacts } from './subjects/slack-murmur.ts'

/** What every benchmark gets: the servers beside it, and what watches this process. */
export interface Bench {
  /** Base address of the model server, `/v1` included. */
  readonly modelUrl: string
  readonly slack: SlackFacts
  /** The Web API calls that arrive while something is done. */
  readonly recordSlackCalls: (work: () => Promise<unknown>) => Promise<readonly SlackCall[]>
  /** Resolves when an app has finished its next message in Slack. */
  readonly nextSlackAnswer: () => Promise<unknown>
  /** A new folder for a store; all are removed at the end. */
  readonly newDataDir: () => string
  readonly recorder: CallRecorder
  readonly disk: DiskWaitCounter
  /** Few repetitions: shows that it works, not how fast it is. */
  readonly isQuick: boolean
}

/** What a benchmark found: for people as lines of a table, for programs as it is. */
export interface Report {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What the numbers mean, and against what they are held. */
  readonly notes: readonly string[]
  readonly data: unknown
}
