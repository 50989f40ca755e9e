import { expect, test } from '@jest/globals'
import { planner } from '../../../src/agents/specialties/planner.ts'
import { firstPrompts, renderHome } from '../../../src/app/slack/render-home.ts'
import { newRunId } from '../../../src/storage/ids.ts'
import type { RunRecord } from '../../../src/storage/records.ts'
import { aRequest } from '../../builders.ts'
import { readManifest } from '../../support/read-manifest.ts'
import { aHome } from './home-pieces.ts'

const aRun = (over: Partial<RunRecord> = {}): RunRecord => ({
  runId: newRunId(),
  workspaceId: aRequest().workspaceId,
  request: aRequest({ text: 'Plan the launch <!channel>' }),
  status: 'completed',
  threadId: undefined,
  route: { specialtyId: 'planner', layer: 'model', confidence: 1, reason: '', candidates: [] },
  agentId: undefined,
  workflow: undefined,
  patternId: undefined,
  answer: 'Done',
  tier: 1,
  costMicroUsd: 300,
  waitingFor: undefined,
  errorCode: undefined,
  createdAtMs: Date.UTC(2026, 10, 21, 9, 30),
  startedAtMs: undefined,
  finishedAtMs: undefined,
  ...over,
})
const show = (runs: readonly RunRecord[]): string => JSON.stringify(renderHome(aHome({ runs })).blocks)

test('names the agent, the place, the time and the cost of each run, and sums up', () => {
  const shown = show([aRun(), aRun({ status: 'failed', costMicroUsd: 0, request: aRequest({ channelId: 'D1' }) })])
  expect(shown).toContain(':white_check_mark: Plan the launch &lt;!')
  expect(shown).toContain('Planner · <#C1> · <!date^1795253400^{date_short_pretty} at {time}|2026-11-21T09:30:00.000Z> · $0.0003')
  expect(shown).toContain('Planner · failed · direct message · <!date')
  expect(shown).toContain('1 of 2 answered, $0.0003 spent')
  expect(shown).not.toContain('<!channel>')
})

test('says that nothing has run yet, and who is there', () => {
  const shown = show([])
  expect(shown).toContain('Nothing yet')
  expect(shown).toContain(':spiral_calendar_pad: *Planner*: ')
})

test('stays within the 100 blocks of a Home with ten runs and forty specialists', () => {
  const specialties = Array.from({ length: 40 }, () => planner)
  expect(renderHome(aHome({ runs: Array.from({ length: 10 }, () => aRun()), specialties })).blocks.length).toBeLessThanOrEqual(100)
})

test('the first prompts are those of the manifest', () => {
  expect(firstPrompts).toEqual(readManifest().features.agent_view.suggested_prompts)
})
