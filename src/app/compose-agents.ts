import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentInstance } from '../agents/agent-instance.ts'
import { AgentPool } from '../agents/agent-pool.ts'
import { AgentRegistry } from '../orchestration/agent-registry.ts'
import { ownPlaces, SharedPlaces } from '../orchestration/agent-places.ts'
import { createAgentRoster, type AgentRoster } from '../orchestration/agent-roster.ts'
import type { AgentStaff } from '../orchestration/agent-staff.ts'
import { AgentAssigner } from '../orchestration/assign-agent.ts'
import { AgentOpener } from '../orchestration/open-agent.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import { createWorkRecorder } from '../orchestration/record-work.ts'
import { createMailSender } from '../orchestration/send-mail.ts'
import { createSpawner, type SpawnSpecialist } from '../orchestration/spawn-specialist.ts'
import { createAgentPlaceStore } from '../storage/agent-place-store.ts'
import { createAgentStore } from '../storage/agent-store.ts'
import type { Database } from '../storage/database.ts'
import type { EventLog } from '../storage/event-log.ts'
import { createMailboxStore } from '../storage/mailbox-store.ts'
import { createProfileStore } from '../storage/profile-store.ts'
import type { RunStore } from '../storage/run-store.ts'

export interface AgentParts {
  readonly database: Database
  readonly runs: RunStore
  readonly events: EventLog
  readonly limits: LimitBook
  /** Instances at once; default 50. */
  readonly maxAgentsActive?: number | undefined
  readonly nowMs: () => number
  readonly onEvent: () => void
  readonly onError: (error: unknown) => void
}

/** What runs and commands need of agents. */
export interface AgentDesk {
  readonly staff: AgentStaff
  readonly roster: AgentRoster
  readonly spawn: SpawnSpecialist
  readonly pool: AgentPool<AgentInstance>
  readonly stop: () => Promise<void>
}

/** An idle instance is dropped so late at most after its day is over. */
const dropEveryMs = 10 * 60_000

export function composeAgents(parts: AgentParts): AgentDesk {
  const { database, runs, events, limits, maxAgentsActive, nowMs, onEvent, onError } = parts
  const agents = createAgentStore(database)
  const profiles = createProfileStore(database)
  const mailbox = createMailboxStore(database)
  const pool = new AgentPool<AgentInstance>({ nowMs, ...(maxAgentsActive === undefined ? {} : { maxActive: maxAgentsActive }) })
  const registry = new AgentRegistry({ agents, profiles, nowMs, onError })
  const spawn = createSpawner({ database, agents, runs, events, limits, nowMs, onEvent })
  const delay = async (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal })
  const shared = database.traits.isSingleProcess ? undefined : new SharedPlaces({ store: createAgentPlaceStore(database), owner: randomUUID(), nowMs, onError })
  const timer = setInterval(() => pool.dropIdle(), dropEveryMs)
  timer.unref()
  return {
    staff: {
      agents,
      registry,
      assigner: new AgentAssigner({ registry, spawn, limits, places: shared ?? ownPlaces, nowMs, delay }),
      opener: new AgentOpener({ pool, agents }),
      mailbox,
      sendMail: createMailSender({ mailbox, registry, nowMs }),
      recorder: createWorkRecorder({ agents, profiles, mailbox, registry }),
    },
    roster: createAgentRoster({ database, agents, profiles, registry, pool, events, nowMs, onEvent }),
    spawn,
    pool,
    async stop() {
      clearInterval(timer)
      await shared?.close()
    },
  }
}
