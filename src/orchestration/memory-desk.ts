import type { AnswerCache } from '../learning/answers/answer-cache.ts'
import type { MadeBackup } from '../storage/backup/store-keeper.ts'
import type { WorkspaceId } from '../storage/records.ts'
import type { MemorySummary, SharedMemory } from './shared-memory.ts'

/** What people may know and do of the memory and the stores. */
export interface MemoryDesk {
  summary(workspaceId: WorkspaceId, goalId: string): Promise<MemorySummary>
  /** Deletes what a goal remembers, or what one of its runs left. @returns how much that was */
  forget(workspaceId: WorkspaceId, goalId: string, runId?: string): Promise<number>
  /** Reads the workspace's memory and the database for what may not be. */
  check(workspaceId: WorkspaceId): Promise<{ readonly items: number; readonly problems: readonly string[] }>
  /** Deletes what has expired, gives free space back. @returns how many were deleted, where the store says so */
  tidy(): Promise<number>
  backup(): Promise<MadeBackup>
}

export interface MemoryDeskDeps {
  readonly answers: Pick<AnswerCache, 'forget'>
  readonly memory: Pick<SharedMemory, 'summary' | 'forget' | 'check' | 'tidy'>
  readonly stores: { check(): Promise<readonly string[]>; compact(): Promise<void>; make(): Promise<MadeBackup> }
}

export function createMemoryDesk({ answers, memory, stores }: MemoryDeskDeps): MemoryDesk {
  return {
    summary: (workspaceId, goalId) => memory.summary(workspaceId, goalId),
    async forget(workspaceId, goalId, runId) {
      await answers.forget(workspaceId, goalId, runId)
      return memory.forget(workspaceId, goalId, runId)
    },
    async check(workspaceId) {
      const [{ items, problems }, damage] = await Promise.all([memory.check(workspaceId), stores.check()])
      return { items, problems: [...problems, ...damage] }
    },
    async tidy() {
      const deleted = await memory.tidy()
      await stores.compact()
      return deleted
    },
    backup: () => stores.make(),
  }
}
