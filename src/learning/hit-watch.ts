import type { HitAuditStore, HitCounts } from '../storage/hit-audit-store.ts'
import type { Trx } from '../storage/database.ts'
import type { PatternStore } from '../storage/pattern-store.ts'
import type { RunRecord, WorkflowRecord } from '../storage/records.ts'
import type { WorkflowStore } from '../storage/workflow-store.ts'
import { isTooOftenWrong } from './hit-evidence.ts'
import { describeTakenBack } from './hit-lines.ts'
import type { Notice } from './version-judge.ts'
import type { WorkflowLibrary } from './workflow-library.ts'

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

/** Watches what automations take for their own, and takes those back to learning that are wrong too often. */
export interface HitWatch {
  /** What is known of an automation's hits; undefined for what people made, which is not watched. */
  count(workflow: WorkflowRecord): Promise<HitCounts | undefined>
  /** True when an audit found that a run was not its automation's. */
  isFoundWrong(run: Pick<RunRecord, 'runId' | 'workflow'>): Promise<boolean>
  /** The pattern that a run was taken for without asking anybody, and whether an audit has found that right; undefined for other runs. */
  takenFor(run: Pick<RunRecord, 'runId' | 'workflow' | 'route'>): Promise<{ readonly patternId: string; readonly isProven: boolean } | undefined>
  /** True when the automation that a run followed went back to learning meanwhile. */
  isTakenBack(run: Pick<RunRecord, 'workflow'>): Promise<boolean>
  /** After a run of an automation has ended or somebody has said something of it; the same again changes nothing. */
  judge(run: RunRecord): Promise<void>
}

export function createHitWatch({ workflows, patterns, audits, library, tell, onTold }: HitWatchDeps): HitWatch {
  const count = async ({ workflowId, currentVersion, watchedFromMs }: WorkflowRecord): Promise<HitCounts | undefined> => {
    const version = await workflows.version(workflowId, currentVersion)
    return version?.source === 'automated' ? audits.count({ workflowId, version: currentVersion, fromMs: watchedFromMs }) : undefined
  }
  return {
    count,
    isFoundWrong: async ({ runId, workflow }) => workflow !== undefined && (await audits.find(runId))?.isRight === false,
    async takenFor({ runId, workflow, route }) {
      const patternId = workflow && route?.layer === 'automation' ? (await workflows.find(workflow.workflowId))?.patternId : undefined
      return patternId === undefined ? undefined : { patternId, isProven: (await audits.find(runId))?.isRight === true }
    },
    isTakenBack: async ({ workflow }) => workflow !== undefined && (await workflows.find(workflow.workflowId))?.state === 'learning',
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
