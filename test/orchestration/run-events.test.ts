import { expect, test } from '@jest/globals'
import { RunEvents } from '../../src/orchestration/run-events.ts'
import type { EventLog, StoredEvent } from '../../src/storage/event-log.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'

const anEvent = (seq: number): StoredEvent => ({ seq, workspaceId: 'T1' as WorkspaceId, type: 'workflow_started', payload: {}, atMs: 0 })

test('a store that is away at the subscription is told of once, and events come from then on that it answers', async () => {
  const stored = [anEvent(1)]
  let isAway = true
  const log = {
    lastSeq: async () => {
      if (isAway) throw new Error('away')
      return stored.at(-1)?.seq ?? 0
    },
    readAfter: async (cursor: number) => stored.filter(({ seq }) => seq > cursor),
  } as unknown as EventLog
  const errors: unknown[] = []
  const runEvents = new RunEvents(log, (error) => errors.push(error))
  const heard = Promise.withResolvers<StoredEvent>()
  runEvents.on('workflow_started', heard.resolve)
  await new Promise((resolve) => setImmediate(resolve))
  expect(errors).toHaveLength(1)
  isAway = false
  runEvents.wake()
  await new Promise((resolve) => setImmediate(resolve))
  stored.push(anEvent(2))
  runEvents.wake()
  expect(await heard.promise).toEqual(anEvent(2))
  runEvents.close()
})
