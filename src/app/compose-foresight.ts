import type { Tool } from '../agents/tools/tool.ts'
import { fade } from '../learning/foresight/foresight.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import { WarmAgents } from '../orchestration/warm-agents.ts'
import type { Database } from '../storage/database.ts'
import type { EventReading } from '../storage/event-reader.ts'
import { createHabitStore } from '../storage/habit-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import { createWarmupStore } from '../storage/warmup-store.ts'
import type { AgentDesk } from './compose-agents.ts'
import type { LiveSettings } from './live-settings.ts'

export interface ForesightParts {
  readonly database: Database
  readonly tools: readonly Tool<never>[]
  readonly reading: EventReading
  readonly runs: RunStore
  readonly agentDesk: AgentDesk
  readonly settings: LiveSettings
  readonly limits: LimitBook
  readonly maxInstances: number
}

/** What makes agents ready that are about to be asked. */
export function composeForesight({ database, tools, reading, agentDesk, settings, ...parts }: ForesightParts): WarmAgents {
  return new WarmAgents({
    ...reading,
    ...parts,
    habits: createHabitStore(database, fade),
    warmups: createWarmupStore(database),
    staff: agentDesk.staff,
    pool: agentDesk.pool,
    async partsOf(workspaceId, specialtyId) {
      const { catalogue } = await settings.of(workspaceId)
      return catalogue.has(specialtyId) ? { specialty: catalogue.get(specialtyId), tools, specialties: catalogue.list() } : undefined
    },
  })
}
