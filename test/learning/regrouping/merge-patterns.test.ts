import { expect, test } from '@jest/globals'
import { mergePatterns, touchedBy } from '../../../src/learning/regrouping/merge-patterns.ts'
import type { Regrouping } from '../../../src/learning/regrouping/plan-regrouping.ts'
import type { PatternRecord, RunId, WorkflowId } from '../../../src/storage/records.ts'
import { aPattern } from '../../builders.ts'

/** A pattern with a run for each letter: capitals went wrong. */
const pattern = (patternId: string, runs: string, over: Partial<PatternRecord> = {}): PatternRecord => {
  const runIds = runs.toLowerCase().split('') as RunId[]
  return aPattern({ patternId, runs: runIds.length, examples: runIds.map((runId) => ({ runId, text: `Text ${runId}` })), outcomes: runIds.map((runId, at) => ({ runId, isSuccess: runs[at] === runId, specialtyId: 'writer' })), ...over })
}
const plan = (over: Partial<Record<keyof Regrouping, Record<string, string> | string[]>>): Regrouping => ({ heirs: new Map(Object.entries(over.heirs ?? {})), moves: new Map(Object.entries(over.moves ?? {})), begun: (over.begun ?? []) as string[] })
const runsOf = (list: readonly { readonly runId: string }[] | undefined): string => (list ?? []).map(({ runId }) => runId).join('')
const merge = (newest: readonly PatternRecord[], regrouping: Regrouping) => mergePatterns(newest, touchedBy(regrouping, newest.map(({ patternId, examples }) => ({ patternId, runIds: examples.map(({ runId }) => runId) }))), regrouping, 9_000)

test('a pattern that ends leaves all it has to its heir, in the order of the runs', () => {
  const merged = merge([pattern('p', 'ad', { lastSeenAtMs: 5 }), pattern('q', 'bc', { runs: 7, lastSeenAtMs: 8, title: 'kept' })], plan({ heirs: { p: 'q' } }))
  expect(merged).toMatchObject({ begun: [], changed: [{ patternId: 'q', title: 'kept', state: 'recognised', runs: 9, lastSeenAtMs: 8 }] })
  expect([runsOf(merged?.changed[0]?.examples), runsOf(merged?.changed[0]?.outcomes)]).toEqual(['abcd', 'abcd'])
  expect(merged?.moved.size).toBe(0)
})

test('a run that goes takes its outcome along, and a pattern that loses its proof learns again', () => {
  const merged = merge([pattern('p', 'abc', { state: 'recognised', runs: 5 }), pattern('q', 'D')], plan({ moves: { b: 'q', c: 'new' }, begun: ['new'] }))
  expect(merged?.changed.map(({ patternId, runs, state, examples, outcomes }) => [patternId, runs, state, runsOf(examples), runsOf(outcomes)])).toEqual([['p', 3, 'learning', 'a', 'a'], ['q', 2, 'learning', 'bd', 'bd']])
  expect(merged?.begun).toEqual([aPattern({ patternId: 'new', title: 'Text c', examples: [{ runId: 'c' as RunId, text: 'Text c' }], outcomes: [{ runId: 'c' as RunId, isSuccess: true, specialtyId: 'writer' }], runs: 1, createdAtMs: 9_000, lastSeenAtMs: 1_000 })])
  expect(Object.fromEntries(merged?.moved ?? [])).toEqual({ q: ['b'], new: ['c'] })
})

test('a pattern with a workflow gains examples and nothing else', () => {
  const kept = pattern('w', 'ab', { state: 'recognised', workflowId: 'wf' as WorkflowId })
  const merged = merge([kept, pattern('p', 'CD'), pattern('q', 'EF')], plan({ heirs: { p: 'w' }, moves: { f: 'w' } }))
  const [gained, left] = merged?.changed ?? []
  expect(gained).toEqual({ ...kept, examples: gained?.examples, runs: 5 })
  expect(runsOf(gained?.examples)).toBe('abcdf')
  expect(left).toMatchObject({ patternId: 'q', runs: 1, outcomes: [{ runId: 'e' }] })
})

test('nothing is changed where a pattern has gone, or has become an automation since', () => {
  const regrouping = plan({ heirs: { p: 'q' } })
  expect(mergePatterns([pattern('q', 'b')], ['p', 'q'], regrouping, 1)).toBeUndefined()
  expect(merge([pattern('p', 'a', { workflowId: 'wf' as WorkflowId }), pattern('q', 'b')], regrouping)).toBeUndefined()
  expect(merge([pattern('p', 'a'), pattern('q', 'b', { workflowId: 'wf' as WorkflowId })], regrouping)).toBeDefined()
})
