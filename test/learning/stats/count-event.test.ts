import { expect, test } from '@jest/globals'
import { countEvent, type EventFacts } from '../../../src/learning/stats/count-event.ts'
import { bucketOf, medianOf } from '../../../src/learning/stats/latency-buckets.ts'
import type { EndedRun } from '../../../src/storage/ended-runs.ts'
import type { StoredEvent } from '../../../src/storage/event-log.ts'
import type { RunId, WorkflowId, WorkspaceId } from '../../../src/storage/records.ts'

const workspaceId = 'T1' as WorkspaceId
const hourMs = 3_600_000
const anEvent = (type: string, payload: Readonly<Record<string, unknown>> = {}): StoredEvent => ({ seq: 4, workspaceId, type, payload, atMs: 10 * hourMs + 5 })
const aRun = (over: Partial<EndedRun> = {}): EndedRun => ({
  workspaceId, status: 'completed', isPart: false, isSwarm: false, specialtyId: 'writer', layer: 'model', tier: 1, answerOf: undefined, workflowId: undefined,
  costMicroUsd: 500, modelMs: 600, createdAtMs: 0, startedAtMs: 100, finishedAtMs: 1_100, waitedMs: 0, ...over,
})
const automated = (over: Partial<EndedRun> = {}): EndedRun => aRun({ layer: 'automation', workflowId: 'w' as WorkflowId, ...over })
/** `measure:subject` with count and total. */
function count(event: StoredEvent, facts: Partial<EventFacts> = {}): Record<string, readonly [number, number]> {
  const { days } = countEvent(event, { day: '2026-11-28', run: undefined, before: undefined, ...facts })
  return Object.fromEntries(days.map(({ measure, subject, count: times, total }) => [`${measure}:${subject}`, [times, total]]))
}

test('an answer counts by outcome, specialty, layer, cost, duration and where the time went', () => {
  expect(count(anEvent('workflow_completed'), { run: aRun() })).toEqual({
    'ended:completed': [1, 0],
    'done:writer': [1, 0],
    'routed:model': [1, 0],
    'answer:': [1, 500],
    [`latency:${bucketOf(1_100)}`]: [1, 0],
    'stage:queue': [1, 100],
    'stage:model': [1, 600],
    'stage:person': [1, 0],
    'stage:rest': [1, 400],
  })
})

test('what it waited for a person is no response time, and calls side by side are no more than the time there was', () => {
  const counted = count(anEvent('workflow_completed'), { run: aRun({ finishedAtMs: 901_100, waitedMs: 900_000, modelMs: 5_000 }) })
  expect(counted).toMatchObject({ [`latency:${bucketOf(1_100)}`]: [1, 0], 'stage:person': [1, 900_000], 'stage:model': [1, 1_000], 'stage:rest': [1, 0] })
})

test('a reduced answer and a failure are lost for the specialty, a run that was stopped is nothing', () => {
  expect(count(anEvent('workflow_completed'), { run: aRun({ tier: 3 }) })).toEqual({ 'ended:completed': [1, 0], 'lost:writer': [1, 0], 'routed:model': [1, 0] })
  expect(count(anEvent('workflow_failed'), { run: aRun({ status: 'failed', tier: undefined }) })).toEqual({ 'ended:failed': [1, 0], 'lost:writer': [1, 0] })
  expect(count(anEvent('workflow_cancelled'), { run: aRun({ status: 'cancelled' }) })).toEqual({ 'ended:cancelled': [1, 0] })
})

test('a saving is claimed only against three earlier runs with known prices, and a loss is one too', () => {
  const before = { runs: 3, meanMicroUsd: 800 }
  expect(count(anEvent('workflow_completed'), { run: automated(), before })).toMatchObject({ 'automated:done': [1, 0], 'saved:': [1, 300] })
  expect(count(anEvent('workflow_completed'), { run: automated({ costMicroUsd: 900 }), before })['saved:']).toEqual([1, -100])
  for (const facts of [{ run: automated() }, { run: automated(), before: { runs: 2, meanMicroUsd: 800 } }, { run: automated({ costMicroUsd: undefined }), before }, { run: aRun(), before }, { run: automated({ tier: 2 }), before }]) {
    expect(count(anEvent('workflow_completed'), facts)).not.toHaveProperty('saved:')
  }
})

test('an answer that was given again saved what it had cost, where that is known', () => {
  const given = aRun({ layer: 'cache', answerOf: 'R0' as RunId, costMicroUsd: 0 })
  expect(count(anEvent('workflow_completed'), { run: given, before: { runs: 1, meanMicroUsd: 800 } })).toMatchObject({ 'routed:cache': [1, 0], 'saved:': [1, 800] })
  expect(count(anEvent('workflow_completed'), { run: given })).not.toHaveProperty('saved:')
})

test('a thumb counts once; one that changed takes its opposite away; on an automation a thumb down rejects it', () => {
  const thumb = (kind: string, state: string, run = automated()) => count(anEvent('feedback_received', { kind, state }), { run })
  expect(thumb('up', 'new')).toEqual({ 'up:writer': [1, 0] })
  expect(thumb('down', 'changed')).toEqual({ 'down:writer': [1, 0], 'up:writer': [-1, 0], 'automated:rejected': [1, 0] })
  expect(thumb('up', 'changed')).toEqual({ 'up:writer': [1, 0], 'down:writer': [-1, 0], 'automated:rejected': [-1, 0] })
  expect(thumb('down', 'reworded')).toEqual({})
  expect(thumb('improve', 'new', aRun())).toEqual({ 'remark:improve': [1, 0] })
})

test('a part of a batch costs but is no request; an event whose run goes again, or is gone, counts nothing', () => {
  const facts = { day: '2026-11-28', before: undefined }
  expect(countEvent(anEvent('workflow_completed'), { ...facts, run: aRun({ isPart: true }) }).hours).toEqual([{ workspaceId, hourMs: 10 * hourMs, runs: 0, costMicroUsd: 500 }])
  expect(countEvent(anEvent('workflow_completed'), { ...facts, run: aRun() }).hours).toEqual([{ workspaceId, hourMs: 10 * hourMs, runs: 1, costMicroUsd: 500 }])
  expect(count(anEvent('workflow_failed'), { run: aRun() })).toEqual({})
  expect(count(anEvent('workflow_completed'))).toEqual({})
  expect(count(anEvent('agent_spawned'))).toEqual({ 'spawned:': [1, 0] })
})

test('a median read from the buckets is within 5 % of the true one', () => {
  for (const ms of [1, 40, 999, 12_345, 600_000]) {
    const median = medianOf(new Map([[bucketOf(ms), 3], [bucketOf(ms * 9), 1], [bucketOf(ms / 9), 2]]))
    expect(Math.abs((median ?? 0) / ms - 1)).toBeLessThanOrEqual(ms < 40 ? 0.5 : 0.06)
  }
  expect(medianOf(new Map())).toBeUndefined()
  expect(medianOf(new Map([['3', 0]]))).toBeUndefined()
})
