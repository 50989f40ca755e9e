import { randomUUID } from 'node:crypto'
import type { Tool } from '../agents/tools/tool.ts'
import { fade } from '../learning/foresight.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import type { RunEvents } from '../orchestration/run-events.ts'
import { WarmAgents } from '../orchestration/warm-agents.ts'
import type { Database } from '../storage/database.ts'
import { createEventCursors } from '../storage/event-cursors.ts'
import type { EventLog } from '../storage/event-log.ts'
import { createHabitStore } from '../storage/habit-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import { createWarmupStore } from '../storage/warmup-store.ts'
import type { AgentDesk } from './compose-agents.ts'
import type { LiveSettings } from './live-settings.ts'

export interface ForesightParts {
  readonly database: Database
  readonly tools: readonly Tool<never>[]
  readonly events: EventLog
  readonly runEvents: RunEvents
  readonly runs: RunStore
  readonly agentDesk: AgentDesk
  readonly settings: LiveSettings
  readonly limits: LimitBook
  readonly maxInstances: number
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

/** What makes agents ready that are about to be asked. */
export function composeForesight({ database, tools, runEvents, agentDesk, settings, ...parts }: ForesightParts): WarmAgents {
  return new WarmAgents({
    ...parts,
    habits: createHabitStore(database, fade),
    warmups: createWarmupStore(database),
    staff: agentDesk.staff,
    pool: agentDesk.pool,
    async partsOf(workspaceId, specialtyId) {
      const { catalogue } = await settings.of(workspaceId)
      return catalogue.has(specialtyId) ? { specialty: catalogue.get(specialtyId), tools, specialties: catalogue.list() } : undefined
    },
    cursors: createEventCursors(database),
    listen: (types, wake) => runEvents.listen(types, wake),
    owner: randomUUID(),
  })
}
