import type { Metadata, Where } from 'chromadb'
import type { WorkspaceId } from '../records.ts'
import type { MemoryFilter, MemoryHit, MemoryItem, MemoryKind } from './vector-memory.ts'

/** A condition cannot ask for what is missing, so an item that stays has a date that never comes. */
const never = Number.MAX_SAFE_INTEGER

export function asMetadata(item: MemoryItem): Metadata {
  return {
    workspace_id: item.workspaceId,
    kind: item.kind,
    at_ms: item.atMs,
    expires_at_ms: item.expiresAtMs ?? never,
    ...(item.goalId === undefined ? {} : { goal_id: item.goalId }),
    ...(item.runId === undefined ? {} : { run_id: item.runId }),
    ...(item.agentId === undefined ? {} : { agent_id: item.agentId }),
  }
}

export function asItem(id: string, text: string | null | undefined, metadata: Metadata | null | undefined): MemoryItem {
  const given = metadata ?? {}
  const required = (name: string): string => (typeof given[name] === 'string' ? given[name] : '')
  const optional = (name: string, field: 'goalId' | 'runId' | 'agentId') => (typeof given[name] === 'string' ? { [field]: given[name] } : {})
  const expiresAtMs = Number(given['expires_at_ms'] ?? never)
  return {
    id,
    workspaceId: required('workspace_id') as WorkspaceId,
    kind: required('kind') as MemoryKind,
    text: text ?? '',
    ...optional('goal_id', 'goalId'),
    ...optional('run_id', 'runId'),
    ...optional('agent_id', 'agentId'),
    atMs: Number(given['at_ms']),
    ...(expiresAtMs === never ? {} : { expiresAtMs }),
  }
}

export const doesExpire = (metadata: Metadata | null | undefined): boolean => Number(metadata?.['expires_at_ms'] ?? never) !== never

/** The server gives distances, 0 to 2; one to a vector without direction is no number. */
export function asHit(id: string, text: string | null | undefined, metadata: Metadata | null | undefined, distance: number | null | undefined): MemoryHit {
  const score = 1 - Number(distance ?? 1)
  return { item: asItem(id, text, metadata), score: Number.isFinite(score) ? score : 0 }
}

/** @param nowMs unset: what has expired fits, too */
export function asWhere({ kinds, goalId, runId, agentId, sinceMs }: MemoryFilter, nowMs?: number): Where {
  const conditions: Where[] = [
    ...(nowMs === undefined ? [] : [{ expires_at_ms: { $gt: nowMs } }]),
    ...(kinds === undefined ? [] : [{ kind: { $in: [...kinds] } }]),
    ...(goalId === undefined ? [] : [{ goal_id: goalId }]),
    ...(runId === undefined ? [] : [{ run_id: runId }]),
    ...(agentId === undefined ? [] : [{ agent_id: agentId }]),
    ...(sinceMs === undefined ? [] : [{ at_ms: { $gte: sinceMs } }]),
  ]
  const [first] = conditions
  // The server refuses a conjunction of one.
  return conditions.length === 1 && first ? first : { $and: conditions }
}
