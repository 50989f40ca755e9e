import type { Specialty } from '../../agents/specialty.ts'
import type { WorkspaceStats } from '../../learning/stats/stats-desk.ts'
import type { PatternRecord, RunRecord, VersionRecord, WorkflowRecord, WorkspaceId } from '../../storage/records.ts'
import type { ScopeState } from '../../storage/budget-store.ts'
import type { SlackEdge } from './edge.ts'

/** A workflow that a person may see, with what they may do about it. */
export interface HomeWorkflow {
  readonly workflow: WorkflowRecord
  /** A channel of its goal that the person is in. */
  readonly channelId: string
  readonly current: VersionRecord | undefined
  /** Newest first. */
  readonly history: readonly VersionRecord[]
  /** They made the version in force, or are an admin; asked again at the click. */
  readonly mayRollBack: boolean
}

/** What the Home of one person shows. */
export interface HomeFacts {
  /** The person's own, newest first. */
  readonly runs: readonly RunRecord[]
  readonly specialties: readonly Specialty[]
  readonly stats: WorkspaceStats
  readonly spend: { readonly person: ScopeState; readonly workspace: ScopeState; readonly days: readonly { readonly day: string; readonly settledMicroUsd: number }[] }
  readonly patterns: readonly PatternRecord[]
  readonly workflows: readonly HomeWorkflow[]
}

const shownRuns = 10
const searchedRuns = 50
const shownDays = 14
/** Goals whose patterns and workflows are shown: those of the person's latest requests. */
const shownGoals = 5
const shownPatterns = 6
const shownWorkflows = 6
const shownVersions = 3

/** The channels of a person's latest requests that they may still read; of a project one. Direct messages are their own. */
export async function readableGoals({ commands, channelsOf }: SlackEdge, workspaceId: WorkspaceId, userId: string, runs: readonly RunRecord[]): Promise<Map<string, string>> {
  const channels = await channelsOf(workspaceId, userId)
  const goals = new Map<string, string>()
  for (const channelId of new Set(runs.map(({ request }) => request.channelId))) {
    if (goals.size >= shownGoals) break
    if (!channelId.startsWith('D') && !channels.has(channelId)) continue
    const goalId = await commands.limits.goalOf(workspaceId, channelId)
    if (!goals.has(goalId)) goals.set(goalId, channelId)
  }
  return goals
}

export async function readHome(edge: SlackEdge, workspaceId: WorkspaceId, userId: string): Promise<HomeFacts> {
  const { commands } = edge
  const runs = await commands.runs.listUser(workspaceId, userId, searchedRuns)
  const goals = [...(await readableGoals(edge, workspaceId, userId, runs))]
  const isAdmin = await commands.isAdmin(workspaceId, userId).catch(() => false)
  const [catalogue, stats, spend, patterns, workflows] = await Promise.all([
    edge.catalogueOf(workspaceId),
    commands.stats.of(workspaceId),
    readSpend(edge, workspaceId, userId),
    Promise.all(goals.map(([goalId]) => commands.learning.patterns.listGoal(workspaceId, goalId, 20))),
    Promise.all(goals.map(([goalId, channelId]) => readWorkflows(edge, { workspaceId, goalId, channelId, userId, isAdmin }))),
  ])
  return {
    runs: runs.slice(0, shownRuns),
    specialties: catalogue.list(),
    stats,
    spend,
    patterns: patterns
      .flat()
      .filter(({ state, runs: seen }) => state === 'recognised' || seen > 1)
      .toSorted((left, right) => right.lastSeenAtMs - left.lastSeenAtMs)
      .slice(0, shownPatterns),
    workflows: workflows
      .flat()
      .toSorted((left, right) => right.workflow.updatedAtMs - left.workflow.updatedAtMs)
      .slice(0, shownWorkflows),
  }
}

async function readSpend({ commands, nowMs }: SlackEdge, workspaceId: WorkspaceId, userId: string): Promise<HomeFacts['spend']> {
  const { budgets, limits } = commands
  const { timeZone, personPerDayMicroUsd, workspacePerDayMicroUsd } = await limits.limits(workspaceId, '')
  const day = limits.dayOf(nowMs(), timeZone)
  const [person, workspace, days] = await Promise.all([
    budgets.state(workspaceId, { scope: `person:${userId}`, day, limitMicroUsd: personPerDayMicroUsd }),
    budgets.state(workspaceId, { scope: 'workspace', day, limitMicroUsd: workspacePerDayMicroUsd }),
    budgets.spendByDay(workspaceId, 'workspace', shownDays),
  ])
  return { person, workspace, days }
}

interface WorkflowPlace {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly channelId: string
  readonly userId: string
  readonly isAdmin: boolean
}

async function readWorkflows({ commands }: SlackEdge, { workspaceId, goalId, channelId, userId, isAdmin }: WorkflowPlace): Promise<HomeWorkflow[]> {
  const { workflows } = commands.learning
  const listed = await workflows.listGoal(workspaceId, goalId, shownWorkflows)
  return Promise.all(
    listed.map(async (workflow) => {
      const [current, history] = await Promise.all([workflows.version(workflow.workflowId, workflow.currentVersion), workflows.versions(workflow.workflowId, shownVersions)])
      return { workflow, channelId, current, history, mayRollBack: isAdmin || (current !== undefined && current.authorId === userId) }
    }),
  )
}
