import type { Trx } from '../../storage/database.ts'
import type { HitAudit, HitAuditStore } from '../../storage/hit-audit-store.ts'
import type { PatternStore } from '../../storage/pattern-store.ts'
import type { RunId, WorkflowId, WorkflowRef } from '../../storage/records.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'
import { drawShare } from '../trials/draw-share.ts'
import { normaliseTrace, traceBias } from '../patterns/run-trace.ts'

export interface HitAuditorDeps {
  /** Of the requests that automations take, 0 to 1: so many are audited. */
  readonly share: number
  readonly workflows: Pick<WorkflowStore, 'find'>
  readonly patterns: Pick<PatternStore, 'find'>
  readonly audits: Pick<HitAuditStore, 'put' | 'count'>
}

/** What a look at a hit without its automation found. */
export interface HitFindings {
  /** Whom the model would have chosen; undefined where it does not know. */
  readonly chosenId: string | undefined
  readonly automationsId: string
  readonly toolsUsed: readonly string[]
}

export type HitVerdict = Pick<HitAudit, 'isRight' | 'reason'>

/** Decides which hits of automations are looked at again, and says by what was found whether they were right. */
export interface HitAuditor {
  /**
   * Drawn by the run's own id, so a restart changes nothing. The first hits are left to the people who see them: nothing is audited before
   * half as many hits as it takes on average to come to one, ten at 5 %.
   */
  isDue(runId: RunId, follows: WorkflowRef): Promise<boolean>
  /** Undefined where neither the route nor the tools say anything. */
  judge(workflowId: WorkflowId, findings: HitFindings): Promise<HitVerdict | undefined>
  keep(trx: Trx, audit: HitAudit): Promise<void>
}

export function createHitAuditor({ share, workflows, patterns, audits }: HitAuditorDeps): HitAuditor {
  return {
    isDue: async (runId, follows) => drawShare(runId, 'audit') < share && (await audits.count(follows)).hits >= 1 / (2 * share),
    async judge(workflowId, { chosenId, automationsId, toolsUsed }) {
      const patternId = (await workflows.find(workflowId))?.patternId
      const kind = patternId === undefined ? undefined : await patterns.find(patternId)
      const trace = normaliseTrace(toolsUsed)
      const known = (kind?.examples ?? []).flatMap((example) => (example.trace && example.trace.length > 0 ? [example.trace] : []))
      if (trace.length > 0 && known.length > 0 && known.every((other) => traceBias(trace, other) < 0 && !other.some((step) => trace.includes(step)))) {
        return { isRight: false, reason: `it used ${trace.join(', ')}, which no earlier request of this kind did` }
      }
      if (chosenId === undefined) return undefined
      // The model may have had its own habit for this kind, which people have corrected since.
      const isKnown = chosenId === automationsId || (kind?.outcomes ?? []).some(({ specialtyId }) => specialtyId === chosenId)
      return { isRight: isKnown, reason: isKnown ? `the model would have chosen ${chosenId} as well` : `the model would have chosen ${chosenId}, not ${automationsId}` }
    },
    keep: (trx, audit) => audits.put(trx, audit),
  }
}
