import { expect } from '@jest/globals'
import { shownText, squeeze } from './shown-text.ts'
import type { Asked, Scenario } from './start-scenario.ts'

/**
 * Waits for the end of the newest run of a thread; then the thread holds its answer: once, whole, with what stands under it,
 * and nothing that looks as if somebody still worked.
 * @param texts the answers of the thread, oldest first
 */
export async function expectAnsweredOnce(scenario: Scenario, asked: Asked, ...texts: readonly string[]): Promise<void> {
  const { workspace, store, answers, waitForEnd } = scenario
  const { channel, ts } = asked
  const run = await waitForEnd(asked)
  expect(run).toMatchObject({ status: 'completed', tier: 1, errorCode: undefined })
  await workspace.waitFor('the session to rest', () => workspace.session(channel, ts)?.status === 'active' && workspace.statusText(channel, ts) === '')
  const messages = answers(channel, ts)
  expect(messages.map((message) => squeeze(shownText(message)))).toEqual(texts.map(squeeze))
  const runs = store.runsOf(channel, ts)
  for (const [index, { blocks, streamingState }] of messages.entries()) {
    expect(streamingState).not.toBe('in_progress')
    expect(JSON.stringify(blocks).split(`up:${runs[index]?.runId}`)).toHaveLength(2)
    expect(JSON.stringify(blocks)).toContain('why_agent')
  }
  expect(store.rows('tasks').filter(({ run_id: runId, status }) => runId === run.runId && status !== 'completed')).toEqual([])
}
