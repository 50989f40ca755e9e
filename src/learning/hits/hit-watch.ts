import type { HitAuditStore, HitCounts } from '../../storage/hit-audit-store.ts'
import type { Trx } from '../../storage/database.ts'
import type { PatternStore } from '../../storage/pattern-store.ts'
import type { RunRecord, WorkflowRecord } from '../../storage/records.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'
import { isTooOftenWrong } from './hit-evidence.ts'
import { describeTakenBack } from './hit-lines.ts'
import type { Notice } from '../trials/version-judge.ts'
import type { WorkflowLibrary } from '../workflows/workflow-library.ts'

export interface HitWatchDeps {
  readonly workflows: Pick<WorkflowStore, 'find' | 'version'>
  readonly patterns: Pick<PatternStore, 'change' | 'find'>
  readonly audits: Pick<HitAuditStore, 'count' | 'find'>
  readonly library: Pick<WorkflowLibrary, 'backToLearning'>
  /** Stores a notice within the transaction of what it tells of. */
  readonly tell: (trx: Trx, notice: Notice) => Promise<void>
  /** After a transaction that may have stored notices. */
  readonly onTold: () => void
}

/** What is known of how a run was taken. */
export interface HitLook {
  /** What it followed, as it is now. */
  readonly workflow: WorkflowRecord | undefined
  /** What an audit found of it; undefined while none has looked at it. */
  readonly isRight: boolean | undefined
  /** The pattern that it was taken for without asking anybody; undefined for other runs. */
  readonly takenForId: string | undefined
}

/** Watches what automations take for their own, and takes those back to learning that are wrong too often. */
export interface HitWatch {
  /** What is known of an automation's hits; undefined for what people made, which is not watched. */
  count(workflow: WorkflowRecord): Promise<HitCounts | undefined>
  look(run: Pick<RunRecord, 'runId' | 'workflow' | 'route'>): Promise<HitLook>
  /** After somebody has said something of a run, or an audit has looked at it: nothing else changes the count. The same again changes nothing. */
  judge(run: RunRecord): Promise<void>
}

export function createHitWatch({ workflows, patterns, audits, library, tell, onTold }: HitWatchDeps): HitWatch {
  const count = async ({ workflowId, currentVersion, watchedFromMs }: WorkflowRecord): Promise<HitCounts | undefined> => {
    const version = await workflows.version(workflowId, currentVersion)
    return version?.source === 'automated' ? audits.count({ workflowId, version: currentVersion, fromMs: watchedFromMs }) : undefined
  }
  return {
    count,
    async look({ runId, workflow: followed, route }) {
      const workflow = followed && (await workflows.find(followed.workflowId))
      const audit = workflow && (await audits.find(runId))
      return { workflow, isRight: audit?.isRight, takenForId: route?.layer === 'automation' ? workflow?.patternId : undefined }
    },
    async judge(run) {
      const workflow = run.workflow && (await workflows.find(run.workflow.workflowId))
      if (!workflow || workflow.state !== 'active' || workflow.patternId === undefined || run.route?.layer !== 'automation') return
      const counts = await count(workflow)
      if (!counts || !isTooOftenWrong(counts)) return
      const pattern = await patterns.find(workflow.patternId)
      if (!pattern) return
      await library.backToLearning(pattern, `${counts.wrong} of ${counts.looked} requests that were looked at were not of its kind.`, async (trx) => {
        // What went well with it is no sign of who should do it: three requests without it are.
        await patterns.change(trx, pattern.patternId, (newest) => ({ ...newest, state: 'learning', outcomes: [] }))
        await tell(trx, { about: run, text: describeTakenBack(workflow, counts), key: `taken-back:${workflow.workflowId}:${workflow.watchedFromMs ?? 0}`, mentionable: [] })
      })
      onTold()
    },
  }
}
