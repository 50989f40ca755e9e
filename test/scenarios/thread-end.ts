import { shownText, squeeze } from './shown-text.ts'
import { isFinishedAnswer, type Asked, type Scenario } from './start-scenario.ts'

/** What is left of a thread's runs when all have ended. */
export interface ThreadEnd {
  readonly status: string
  readonly tier: number | undefined
  readonly errorCode: string | undefined
  /** What the app has posted, oldest first, with all blanks alike. */
  readonly texts: readonly string[]
  /** Which of them are finished answers of the thread's runs, in the same order: the thumbs name the run. */
  readonly areFinished: readonly boolean[]
  /** Tasks of the newest run that have not come to their end. */
  readonly openTasks: number
}

/** Waits for the end of the newest run of a thread, and until nothing looks as if somebody still worked. */
export async function readThreadEnd(scenario: Scenario, asked: Asked): Promise<ThreadEnd> {
  const { workspace, store, answers, waitForEnd } = scenario
  const { channel, ts } = asked
  const { runId, status, tier, errorCode } = await waitForEnd(asked)
  await workspace.waitFor('the session to rest', () => workspace.session(channel, ts)?.status === 'active' && workspace.statusText(channel, ts) === '')
  const messages = answers(channel, ts)
  const runs = store.runsOf(channel, ts)
  return {
    status,
    tier,
    errorCode,
    texts: messages.map((message) => squeeze(shownText(message))),
    areFinished: messages.map((message, index) => isFinishedAnswer(message) && JSON.stringify(message.blocks).split(`up:${runs[index]?.runId}`).length === 2),
    openTasks: store.rows('tasks').filter((task) => task['run_id'] === runId && task['status'] !== 'completed').length,
  }
}

/** The thread holds these answers: each once, whole, finished, from a model. */
export const answeredOnce = (...texts: readonly string[]): ThreadEnd => ({
  status: 'completed',
  tier: 1,
  errorCode: undefined,
  texts: texts.map(squeeze),
  areFinished: texts.map(() => true),
  openTasks: 0,
})
