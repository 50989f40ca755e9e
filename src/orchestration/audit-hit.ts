import type { HitVerdict } from '../learning/hits/hit-auditor.ts'
import { askRouter } from './ask-router.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'

const step = 'audit'

/**
 * Looks at a sampled hit of an automation as if there were none, after its answer was posted: whom would the model have chosen, and did the
 * run do what such runs do? Full price, under the budget, once. Never throws, because nothing may change for the person: a
 * budget that is spent or a model that is down means no audit.
 */
export async function auditSampledHit(deps: Pick<RunDeps, 'auditor' | 'router' | 'catalogue' | 'nowMs'>, attempt: Pick<RunAttempt, 'run' | 'journal' | 'meter' | 'work' | 'signal'>, toolsUsed: readonly string[]): Promise<void> {
  const { auditor, router, catalogue, nowMs } = deps
  const { run, journal, meter, work, signal } = attempt
  const { follows } = work
  const automationsId = follows?.recipe.specialtyId
  if (!auditor || !follows?.isHit || automationsId === undefined || !(await auditor.isDue(run.runId, follows))) return
  const look = async (): Promise<HitVerdict | undefined> => {
    const choice = router && (await askRouter({ text: run.request.text, specialties: catalogue.list(), router: meter.metered('audit', router), signal }))
    return auditor.judge(follows.workflowId, { chosenId: choice?.specialtyId, automationsId, toolsUsed })
  }
  try {
    await journal.once(step, look, {
      async alongside(trx, verdict) {
        if (!verdict) return
        const { workflowId, version } = follows
        await auditor.keep(trx, { ...verdict, runId: run.runId, workspaceId: run.workspaceId, workflowId, version, atMs: nowMs() })
      },
    })
  } catch {
    // Said above.
  }
}
