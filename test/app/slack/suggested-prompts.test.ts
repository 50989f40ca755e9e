import { expect, test } from '@jest/globals'
import type { SlackEdge } from '../../../src/app/slack/edge.ts'
import { firstPrompts } from '../../../src/app/slack/render-home.ts'
import { suggestPrompts } from '../../../src/app/slack/suggested-prompts.ts'
import type { PatternRecord, RunId, RunRecord } from '../../../src/storage/records.ts'
import { newRunId } from '../../../src/storage/ids.ts'
import { aRequest } from '../../builders.ts'
import { aPattern } from './home-pieces.ts'

const { workspaceId } = aRequest()
const aRun = (text: string, over: Partial<RunRecord> = {}, channelId = 'C1'): RunRecord => ({ runId: newRunId(), workspaceId, request: aRequest({ text, channelId }), status: 'completed', patternId: undefined, ...over }) as RunRecord

interface Facts {
  readonly own?: readonly RunRecord[]
  /** Runs of others that are looked up by id. */
  readonly others?: readonly RunRecord[]
  readonly patterns?: readonly PatternRecord[]
  readonly channels?: Readonly<Record<string, boolean>>
  readonly projects?: Readonly<Record<string, string>>
}

async function suggest({ own = [], others = [], patterns = [], channels = { C1: true }, projects = {} }: Facts): Promise<readonly string[]> {
  const edge = {
    channelsOf: async () => new Map(Object.entries(channels).map(([id, isPublic]) => [id, { isPublic }])),
    commands: {
      runs: { listUser: async () => own, find: async (runId: string) => others.find((run) => run.runId === runId) },
      limits: { goalOf: async (_: unknown, channelId: string) => projects[channelId] ?? channelId },
      learning: { patterns: { listGoal: async (_: unknown, goalId: string) => patterns.filter((pattern) => pattern.goalId === goalId) } },
    },
  } as unknown as SlackEdge
  return (await suggestPrompts(edge, workspaceId, 'U1')).map(({ message }) => message)
}
const ofOthers = (text: string, runId: RunId, over: Partial<PatternRecord> = {}) => aPattern({ runs: 5, examples: [{ runId, text }], ...over })
const first = firstPrompts.map(({ message }) => message)

test('whoever is new is offered what anybody may ask', async () => {
  expect(await suggest({})).toEqual(first)
  expect(await suggest({ own: [aRun('only once')] })).toEqual(first)
})

test('what a person asked again and again comes first, by its newest wording, and never more than four', async () => {
  const asked = ['a', 'b', 'c', 'd', 'e'].flatMap((text, index) => Array.from({ length: index + 2 }, () => aRun(text)))
  expect(await suggest({ own: asked })).toEqual(['e', 'd', 'c', 'b'])
  const own = [aRun('sales of May', { patternId: 'p' }), aRun('sales of April', { patternId: 'p' })]
  expect(await suggest({ own })).toEqual(['sales of May', ...first.slice(0, 3)])
})

test('what recurs in a public channel is offered to those in it who ask there, by an example from there', async () => {
  const run = aRun('weekly numbers')
  const facts: Facts = { own: [aRun('hello')], others: [run], patterns: [ofOthers('weekly numbers', run.runId)] }
  expect(await suggest(facts)).toContain('weekly numbers')
  expect(await suggest({ ...facts, channels: { C1: false } })).toEqual(first)
  expect(await suggest({ ...facts, channels: {} })).toEqual(first)
  expect(await suggest({ ...facts, patterns: [ofOthers('weekly numbers', run.runId, { state: 'learning' })] })).toEqual(first)
  // Asked elsewhere, when the channel belonged to a project.
  const elsewhere = aRun('weekly numbers', {}, 'C2')
  expect(await suggest({ ...facts, others: [elsewhere], patterns: [ofOthers('weekly numbers', elsewhere.runId)] })).toEqual(first)
})

test('what others asked in a project or in a direct message is never offered', async () => {
  const run = aRun('the secret plan')
  const others = [run]
  expect(await suggest({ own: [aRun('hello')], others, projects: { C1: 'apollo' }, patterns: [ofOthers('the secret plan', run.runId, { goalId: 'apollo' })] })).toEqual(first)
  expect(await suggest({ own: [aRun('hello', {}, 'D1')], others, patterns: [ofOthers('the secret plan', run.runId, { goalId: 'D1' })] })).toEqual(first)
})

test('texts with mentions, keys or too many words are left out, and a long title is cut', async () => {
  const hostile = ['ask <@U9> about it', 'tell @here', `key sk-${'a1B2c3D4'.repeat(6)}`, 'x'.repeat(301), '   ']
  expect(await suggest({ own: hostile.flatMap((text) => [aRun(text), aRun(text)]) })).toEqual(first)
  const failed = [aRun('broke', { status: 'failed' }), aRun('broke', { status: 'failed' })]
  expect(await suggest({ own: failed })).toEqual(first)
})
