import type { HitCounts } from '../../storage/hit-audit-store.ts'
import type { WorkflowRecord } from '../../storage/records.ts'
import { errorBound, toleratedWrong } from './hit-evidence.ts'
import { failedReason, successesNeeded } from '../patterns/pattern-outcomes.ts'
import { plainName } from '../trials/trial-lines.ts'

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** What is known of an automation's hits in one line; undefined before the first. */
export function describeHits(counts: HitCounts): string | undefined {
  const { hits, audits, looked, wrong } = counts
  if (hits === 0) return undefined
  const seen = looked === 0 ? 'none of them looked at yet' : `${looked} looked at (${audits} by audit), ${wrong} of them wrong; at most ${percent(errorBound(counts))} are, with 95 % confidence`
  return `took ${hits} ${hits === 1 ? 'request' : 'requests'} without asking a model, ${seen}`
}

/** Says that an automation went back to learning because it took what was not its own. */
export const describeTakenBack = (workflow: WorkflowRecord, { looked, wrong }: HitCounts): string =>
  backToLearning(workflow, `${wrong} of the ${looked} requests it took and that were looked at were not of its kind, and at most ${percent(toleratedWrong)} may be.`)

/** Says that an automation went back to learning because its runs failed or were rejected. */
export const describeFailed = (workflow: WorkflowRecord): string => backToLearning(workflow, failedReason)

const backToLearning = ({ name, workflowId }: WorkflowRecord, why: string): string =>
  [
    `:leftwards_arrow_with_hook: I took the automation *${plainName(name)}* (\`${workflowId}\`) back to learning: ${why}`,
    `Such requests are routed as any other from now on. ${successesNeeded} of them in a row that go well with the same specialist bring it back.`,
  ].join('\n')
