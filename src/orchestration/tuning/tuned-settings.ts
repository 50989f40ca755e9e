import { drawShare } from '../../learning/trials/draw-share.ts'
import { canaryShare } from '../../learning/workflows/offer-version.ts'
import type { SettingValues } from '../../learning/trials/tuning-steps.ts'
import type { RunId, WorkspaceId } from '../../storage/records.ts'
import type { TuningRecord, TuningStore } from '../../storage/tuning-store.ts'

/** A setting as one run uses it. */
export interface TunedValue {
  /** 0: as configured. */
  readonly version: number
  /** Undefined: as configured. */
  readonly values: SettingValues | undefined
}

/** Read so long without asking again; another process's change counts from then on. */
const keptMs = 5_000
const maxKept = 5_000

/** The settings of a workspace as they are tuned now. */
export class TunedSettings {
  readonly #store: Pick<TuningStore, 'list'>
  readonly #nowMs: () => number
  readonly #kept = new Map<WorkspaceId, { readonly tunings: Promise<readonly TuningRecord[]>; readonly untilMs: number }>()

  constructor(store: Pick<TuningStore, 'list'>, nowMs: () => number) {
    this.#store = store
    this.#nowMs = nowMs
  }

  /** How a run uses each setting: a share of the runs uses what is on trial, and which is the run's own, over restarts. */
  async of(workspaceId: WorkspaceId, runId: RunId): Promise<(name: string) => TunedValue> {
    const tunings = await this.#read(workspaceId)
    return (name) => {
      const own = tunings.filter((tuning) => tuning.name === name)
      const trial = own.find(({ state }) => state === 'trial')
      const used = trial && drawShare(runId, { setting: name }) < canaryShare ? trial : inForce(own)
      return { version: used?.version ?? 0, values: used?.value as SettingValues | undefined }
    }
  }

  #read(workspaceId: WorkspaceId): Promise<readonly TuningRecord[]> {
    const known = this.#kept.get(workspaceId)
    if (known && known.untilMs > this.#nowMs()) return known.tunings
    const tunings = this.#store.list(workspaceId)
    tunings.catch(() => this.#kept.delete(workspaceId))
    this.#kept.delete(workspaceId)
    const oldest = this.#kept.keys().next()
    if (this.#kept.size >= maxKept && !oldest.done) this.#kept.delete(oldest.value)
    this.#kept.set(workspaceId, { tunings, untilMs: this.#nowMs() + keptMs })
    return tunings
  }
}

/** The version of one setting that serves all who are not on trial; undefined: as configured. */
export const inForce = (tunings: readonly TuningRecord[]): TuningRecord | undefined =>
  tunings.filter(({ state }) => state === 'in_force').toSorted((a, b) => b.version - a.version)[0]
