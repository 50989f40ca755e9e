import { expect, test } from '@jest/globals'
import { planRegrouping, unitsOf, type GroupedPattern } from '../../../src/learning/regrouping/plan-regrouping.ts'
import { runsUntilDue } from '../../../src/learning/regrouping/regrouping-due.ts'
import type { RunId, WorkflowId } from '../../../src/storage/records.ts'

const pattern = (patternId: string, runs: string, workflowId?: string): GroupedPattern => ({ patternId, workflowId: workflowId as WorkflowId | undefined, examples: runs.split('').map((run) => ({ runId: run as RunId, text: `text ${run}` })) })

/** Groups named by letters of their runs: `ab c` puts a and b together. */
function planned(patterns: readonly GroupedPattern[], groups: string) {
  const units = unitsOf(patterns)
  const names = groups.split(' ')
  let begun = 0
  const { heirs, moves, begun: ids } = planRegrouping(units, units.map(({ runIds }) => names.findIndex((name) => name.includes(runIds[0] as string))), () => `new ${begun++}`)
  return { heirs: Object.fromEntries(heirs), moves: Object.fromEntries(moves), begun: ids }
}

test('nothing changes where groups are what they were', () => {
  expect(planned([pattern('p', 'abc'), pattern('q', 'd')], 'abc d')).toEqual({ heirs: {}, moves: {}, begun: [] })
})

test('patterns of one group become the one with most of it, or the older one', () => {
  expect(planned([pattern('p', 'a'), pattern('q', 'bc'), pattern('r', 'd')], 'abcd')).toEqual({ heirs: { p: 'q', r: 'q' }, moves: {}, begun: [] })
  expect(planned([pattern('q', 'a'), pattern('p', 'b')], 'ab')).toEqual({ heirs: { q: 'p' }, moves: {}, begun: [] })
})

test('a pattern that falls apart goes on as its largest part, and the rest goes where it belongs or begins anew', () => {
  expect(planned([pattern('p', 'abcde'), pattern('q', 'fg')], 'abc dfg e')).toEqual({ heirs: {}, moves: { d: 'q', e: 'new 0' }, begun: ['new 0'] })
})

test('a pattern that ends leaves what is not named to the one with most of its runs', () => {
  expect(planned([pattern('p', 'abc'), pattern('q', 'defg'), pattern('r', 'hij')], 'defgab hijc')).toEqual({ heirs: { p: 'q' }, moves: { c: 'r' }, begun: [] })
})

test('a pattern with a workflow keeps its runs and its identity, however small its part', () => {
  expect(planned([pattern('p', 'abcd'), pattern('q', 'e', 'w')], 'abcde')).toEqual({ heirs: { p: 'q' }, moves: {}, begun: [] })
  expect(planned([pattern('p', 'abcd'), pattern('q', 'ef', 'w')], 'ab cdef')).toEqual({ heirs: {}, moves: { c: 'q', d: 'q' }, begun: [] })
})

test('25 new runs make it due, among many a tenth', () => {
  expect([0, 250, 251, 1_000].map(runsUntilDue)).toEqual([25, 25, 26, 100])
})
