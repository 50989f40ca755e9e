import type { ErrorCode } from '../errors.ts'
import type { AgentStore } from '../storage/agent-store.ts'
import type { Trx } from '../storage/database.ts'
import type { MailboxStore } from '../storage/mailbox-store.ts'
import type { Observation, ProfileStore } from '../storage/profile-store.ts'
import type { AgentMetric } from '../storage/records.ts'
import type { RunOutcome } from '../storage/run-store.ts'
import type { AgentRegistry, KnownAgent } from './agent-registry.ts'
import type { RunWork } from './run-work.ts'

export interface WorkRecorderDeps {
  readonly agents: AgentStore
  readonly profiles: ProfileStore
  readonly mailbox: MailboxStore
  readonly registry: AgentRegistry
}

/** An ended run as far as its agents go. */
export interface EndedWork {
  readonly work: RunWork
  readonly outcome: RunOutcome
  readonly atMs: number
}

/** Keeps what a run showed of its agents. */
export interface WorkRecorder {
  /** Belongs into the transaction that ends the run. A run that no agent did writes nothing. */
  write(trx: Trx, ended: EndedWork): Promise<void>
  /** After that transaction: the next choice of an agent knows it. */
  note(ended: EndedWork): void
}

export function createWorkRecorder({ agents, profiles, mailbox, registry }: WorkRecorderDeps): WorkRecorder {
  return {
    async write(trx, ended) {
      const { work, atMs } = ended
      const { agent } = work
      if (!agent) return
      // In one order for everybody, so that no two transactions wait for each other.
      const used = [agent, ...work.assists.map((assist) => assist.agent)].toSorted((a, b) => (a.agentId < b.agentId ? -1 : 1))
      for (const { agentId } of new Set(used)) await agents.markUsed(trx, agentId, atMs)
      await profiles.observe(trx, agent.workspaceId, observationsOf(ended), atMs)
      if (work.readMailUpTo !== undefined) await mailbox.markRead(trx, agent.agentId, work.readMailUpTo, atMs)
    },
    note(ended) {
      const { work, atMs } = ended
      const observations = observationsOf(ended)
      for (const { workspaceId, goalId, agentId } of new Set([work.agent, ...work.assists.map(({ agent }) => agent)].filter((agent) => agent !== undefined))) {
        registry.noteEnded(workspaceId, goalId, agentId, observations, atMs)
      }
      if (work.agent && work.readMailUpTo !== undefined) registry.noteMail(work.agent.workspaceId, work.agent.goalId, work.agent.agentId, false)
    },
  }
}

/** Failures that the agent's work itself brought about; others (Slack, the store, a spent budget, a person's stop) say nothing of it. */
const ownFailures: readonly string[] = [
  'MUR_MODEL_BUSY',
  'MUR_MODEL_DOWN',
  'MUR_MODEL_REFUSED',
  'MUR_MODEL_MALFORMED',
  'MUR_INPUT_TOO_LONG',
  'MUR_RUN_TIMED_OUT',
  'MUR_RUN_GIVEN_UP',
] satisfies readonly ErrorCode[]

/** What a run says of its agents and their specialties. An answer of a lower tier is not the agent's. */
export function observationsOf({ work, outcome }: EndedWork): readonly Observation[] {
  const { agent, assists, latencyMs, costMicroUsd, judgement } = work
  if (!agent) return []
  const isDone = outcome.status === 'completed' && outcome.tier === 1
  const says = outcome.status === 'completed' || ownFailures.includes(outcome.errorCode ?? '')
  return [
    ...(says ? observe(agent, 'success', isDone ? 1 : 0) : []),
    ...(isDone && costMicroUsd !== undefined ? observe(agent, 'cost', costMicroUsd) : []),
    ...(isDone && latencyMs !== undefined ? observe(agent, 'latency', latencyMs) : []),
    ...(judgement ? [...observe(agent, 'quality', judgement.quality), ...observe(agent, 'difficulty', judgement.difficulty)] : []),
    ...assists.flatMap((assist) => [
      ...observe(assist.agent, 'success', assist.isSuccess ? 1 : 0),
      ...(assist.isSuccess ? observe(assist.agent, 'latency', assist.latencyMs) : []),
    ]),
  ]
}

const observe = ({ agentId, specialtyId }: KnownAgent, metric: AgentMetric, value: number): Observation[] => [
  { subject: `agent:${agentId}`, metric, value },
  { subject: `specialty:${specialtyId}`, metric, value },
]
