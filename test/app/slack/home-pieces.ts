import { planner } from '../../../src/agents/specialties/planner.ts'
import type { HomeFacts, HomeWorkflow } from '../../../src/app/slack/home-facts.ts'
import { figuresOf } from '../../../src/learning/stats/workspace-stats.ts'
import { newWorkflowId } from '../../../src/storage/ids.ts'
import type { PatternRecord, VersionRecord } from '../../../src/storage/records.ts'
import { aRequest } from '../../builders.ts'

const { workspaceId } = aRequest()
const workflowId = newWorkflowId()

/** No forecast and no decisions yet. */
export const nothingAhead = { runsAhead: undefined, costAhead: undefined, warmups: { hits: 0, misses: 0, open: 0, expectedHits: 0 } }

/** A Home of somebody who has not done anything yet. */
export const aHome = (over: Partial<HomeFacts> = {}): HomeFacts => ({
  runs: [],
  specialties: [planner],
  stats: { now: { agents: 0, usedAgents: 0, runsAtWork: 0 }, today: figuresOf([]), weeks: [], whole: figuresOf([]), ...nothingAhead },
  spend: { person: aScope('person:U1', 20_000, 10_000_000), workspace: aScope('workspace', 50_000_000, 100_000_000), days: [] },
  patterns: [],
  workflows: [],
  ...over,
})

const aScope = (scope: string, settledMicroUsd: number, limitMicroUsd: number) => ({ scope, day: '2026-11-28', reservedMicroUsd: 0, settledMicroUsd, limitMicroUsd, isWarned: false })

export const aPattern = (over: Partial<PatternRecord> = {}): PatternRecord => ({
  patternId: 'p',
  workspaceId,
  goalId: 'C1',
  title: 'Summarise the sales of {date}',
  state: 'recognised',
  examples: [],
  outcomes: [],
  workflowId: undefined,
  runs: 3,
  createdAtMs: 1,
  lastSeenAtMs: 1,
  ...over,
})

export const aVersion = (version: number, over: Partial<VersionRecord> = {}): VersionRecord => ({
  workflowId,
  version,
  parentVersion: version > 1 ? version - 1 : undefined,
  source: 'user',
  authorId: 'U2',
  reason: 'shorter',
  recipe: { guidance: [] },
  runId: undefined,
  createdAtMs: 1,
  ...over,
})

export const aWorkflow = (over: Partial<HomeWorkflow> = {}): HomeWorkflow => ({
  workflow: { workflowId, workspaceId, goalId: 'C1', name: 'Sales', patternId: 'p', state: 'active', currentVersion: 2, canary: undefined, createdAtMs: 1, updatedAtMs: 1 },
  channelId: 'C1',
  current: aVersion(2),
  history: [aVersion(2), aVersion(1, { source: 'automated', authorId: '', reason: 'three times' })],
  mayRollBack: false,
  ...over,
})
