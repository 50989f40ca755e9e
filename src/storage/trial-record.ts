import type { WorkflowRef } from './records.ts'

/** How many runs went well and how many did not. */
export interface Tally {
  readonly good: number
  readonly bad: number
}

/**
 * `running`: it is looked at after each run. `kept`: it did no worse. `rolled_back`: it did worse and is out of use until a person wants
 * it. `replaced`: another version came before anything was known.
 */
export type TrialState = 'running' | 'kept' | 'rolled_back' | 'replaced'

export const isRunning = ({ state }: Pick<TrialRecord, 'state'>): boolean => state === 'running'

/** How a version does against the one it replaced. */
export interface TrialRecord extends WorkflowRef {
  /** 0: the requests as they were handled without a recipe. */
  readonly againstVersion: number
  readonly state: TrialState
  /** What was known when it ended. */
  readonly figures: { readonly candidate: Tally; readonly control: Tally } | undefined
  readonly startedAtMs: number
  readonly endedAtMs: number | undefined
}
