import { createFeedbackRecorder } from '../../src/learning/feedback.ts'
import { PatternBook } from '../../src/learning/patterns/pattern-book.ts'
import { instructionsOf } from '../../src/learning/workflows/recipe.ts'
import { VersionJudge } from '../../src/learning/trials/version-judge.ts'
import { WorkflowLibrary } from '../../src/learning/workflows/workflow-library.ts'
import { createTeller } from '../../src/orchestration/tell-notice.ts'
import { openDatabase } from '../../src/storage/database.ts'
import { createEventCursors } from '../../src/storage/event-cursors.ts'
import { createEventLog } from '../../src/storage/event-log.ts'
import { createFeedbackStore } from '../../src/storage/feedback-store.ts'
import { newRunId, newTaskId } from '../../src/storage/ids.ts'
import { createPatternStore } from '../../src/storage/pattern-store.ts'
import { createProfileStore } from '../../src/storage/profile-store.ts'
import type { Request, RunRecord, WorkspaceId } from '../../src/storage/records.ts'
import { createRunStore } from '../../src/storage/run-store.ts'
import { createSetAsideStore } from '../../src/storage/set-aside-store.ts'
import { createTrialStore } from '../../src/storage/trial-store.ts'
import { createWorkflowStore } from '../../src/storage/workflow-store.ts'

const workspaceId = 'T1' as WorkspaceId
const goalId = 'C1'
const userId = 'U1'

/** A run of the scripted model. */
export interface WorldRun {
  readonly isGood: boolean
}

/** The library of recipes and the judge of its versions on a real store, with a person who rates every run; no Slack and no model. */
export interface WorkflowWorld {
  /** What the recipe for a request adds to the prompt now. */
  promptOf(text: string): Promise<string>
  /** @param succeeds decides from the prompt whether it goes well; if not, the person's thumb is down */
  run(text: string, succeeds: (prompt: string) => boolean): Promise<WorldRun>
  /** `/improve` on the last run. */
  remark(text: string): Promise<void>
  close(): Promise<void>
}

export async function openWorkflowWorld(dataDir: string): Promise<WorkflowWorld> {
  const database = await openDatabase({ dataDir })
  const [runs, patterns, workflows, events] = [createRunStore(database.db), createPatternStore(database), createWorkflowStore(database), createEventLog(database)]
  const trials = createTrialStore(database.db)
  let atMs = Date.now()
  const nowMs = (): number => ++atMs
  const onEvent = (): void => {}
  const onError = (error: unknown): never => {
    throw error
  }
  const book = new PatternBook({ database, patterns, nowMs })
  const library = new WorkflowLibrary({ database, workflows, patterns, trials, book, runs, events, nowMs, onEvent })
  const judge = new VersionJudge({ database, runs, workflows, trials, events, cursors: createEventCursors(database), setAsides: createSetAsideStore(database, events), listen: () => () => {}, owner: 'bench', tell: createTeller(runs, nowMs), onTold: onEvent, onEvent, nowMs, onError })
  const recordFeedback = createFeedbackRecorder({ database, runs, feedback: createFeedbackStore(database.db), profiles: createProfileStore(database), events, onEvent })
  let last: RunRecord | undefined
  const find = (text: string) => library.find({ workspaceId, goalId, text, runId: newRunId() })
  return {
    async promptOf(text) {
      const found = await find(text)
      return found ? instructionsOf(found.version.recipe) : ''
    },
    async run(text, succeeds) {
      const found = await find(text)
      const isGood = succeeds(found ? instructionsOf(found.version.recipe) : '')
      const runId = newRunId()
      const request: Request = { workspaceId, surface: 'mention', channelId: goalId, userId, text, files: [], mentionable: [], isReply: false }
      const pattern = await book.place({ workspaceId, goalId, text }, undefined, async (trx, place) => {
        await runs.insertOnce(trx, { runId, taskId: newTaskId(), request, priority: 'medium', lane: runId, maxAttempts: 1, nowMs: nowMs() }, [])
        await runs.setRoute(trx, runId, { specialtyId: 'generalist', layer: 'model', confidence: 1, reason: '', candidates: [] })
        if (found) await runs.setWorkflow(trx, runId, found.version)
        const own = await book.assign(trx, { runId, workspaceId, goalId, text }, place)
        await runs.setPattern(trx, runId, own.patternId)
        await runs.finish(trx, runId, { status: 'completed', answer: 'Done.', tier: 1, errorCode: undefined }, nowMs())
        return own
      })
      await book.note(pattern)
      last = await runs.find(runId)
      if (last) await recordFeedback(last, { userId, kind: isGood ? 'up' : 'down', text: '', createdAtMs: nowMs() })
      if (last) await judge.judge(last)
      return { isGood }
    },
    async remark(text) {
      if (last) await library.improve(last, goalId, { authorId: userId, source: 'user', reason: text, change: { addGuidance: text } })
    },
    close: () => database.close(),
  }
}
