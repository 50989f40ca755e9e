import { expect, test } from '@jest/globals'
import { createFailureLearner } from '../../../src/orchestration/studies/learn-from-failures.ts'
import type { EventCursors } from '../../../src/storage/event-cursors.ts'
import type { StoredEvent } from '../../../src/storage/event-log.ts'
import type { FailureClass } from '../../../src/storage/failure-class.ts'
import { newRunId } from '../../../src/storage/ids.ts'
import type { RunRecord } from '../../../src/storage/records.ts'

const workspaceId = 'T1' as RunRecord['workspaceId']

/** Which of these runs are looked back at, when their events are read. */
async function orderedOf(cases: readonly { readonly type: string; readonly payload?: Record<string, unknown>; readonly failureClass?: FailureClass }[]): Promise<number[]> {
  const runs = cases.map(({ failureClass }) => ({ runId: newRunId(), workspaceId, failureClass }) as RunRecord)
  const events = cases.map(({ type, payload = {} }, at): StoredEvent => ({ seq: at + 1, workspaceId, runId: runs[at]?.runId ?? '', type, payload, atMs: 1 }))
  const ordered: number[] = []
  const { promise: isRead, resolve } = Promise.withResolvers<void>()
  const cursors: EventCursors = { claim: async () => 0, advance: async () => (resolve(), true), release: async () => {} }
  const reader = createFailureLearner({
    events: { readAfter: async (seq) => (seq === 0 ? events : []), isHeldUp: async () => false },
    cursors,
    setAsides: { noteTry: async () => 1, setAside: async () => {}, isSetAside: async () => false, listSetAside: async () => [], forget: async () => {}, forgetTries: async () => {} },
    owner: 'test',
    listen: () => () => {},
    nowMs: () => 1,
    onError: (error) => {
      throw error
    },
    runs: { findAll: async (runIds) => new Map(runs.filter(({ runId }) => runIds.includes(runId)).map((run) => [run.runId, run])) },
    order: async (_, about) => {
      ordered.push(runs.indexOf(about))
      return true
    },
  })
  reader.start()
  await isRead
  await reader.close()
  return ordered
}

test('runs are looked back at that failed by themselves, were judged poor, or got a thumb down', async () => {
  const done = 'workflow_completed'
  const said = 'feedback_received'
  expect(
    await orderedOf([
      { type: done },
      { type: done, failureClass: 'poor' },
      { type: 'workflow_failed', failureClass: 'timed_out' },
      { type: done, failureClass: 'empty' },
      { type: 'workflow_failed', failureClass: 'model_down' },
      { type: 'workflow_failed', failureClass: 'budget' },
      { type: said, payload: { kind: 'down' } },
      { type: said, payload: { kind: 'up' } },
      { type: said, payload: { kind: 'correction' } },
      { type: 'workflow_cancelled' },
    ]),
  ).toEqual([1, 2, 3, 6])
})
