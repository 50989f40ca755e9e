import type { Db } from './database.ts'
import type { WorkspaceId } from './records.ts'

/** How the latest runs of a specialty went in a workspace, and what one person said of them. */
export interface SpecialtyStanding {
  readonly specialtyId: string
  /** Share of the runs that ended with a full answer nobody disliked, 0 to 1. */
  readonly success: number
  readonly runs: number
  readonly meanCostMicroUsd: number | undefined
  readonly likes: number
  readonly dislikes: number
}

/** The window keeps the cost of this look the same however many runs are stored. */
const latestRuns = 500
const latestThumbs = 200

export function createStandingStore(db: Db) {
  return {
    async standings(workspaceId: WorkspaceId, userId: string): Promise<SpecialtyStanding[]> {
      const [runs, thumbs] = await Promise.all([readRuns(db, workspaceId), readThumbs(db, workspaceId, userId)])
      const ids = new Set([...runs.keys(), ...thumbs.keys()])
      return [...ids].map((specialtyId) => {
        const own = runs.get(specialtyId) ?? { runs: 0, good: 0, cost: 0 }
        const said = thumbs.get(specialtyId) ?? { likes: 0, dislikes: 0 }
        return {
          specialtyId,
          success: own.runs > 0 ? own.good / own.runs : 0.5,
          runs: own.runs,
          meanCostMicroUsd: own.runs > 0 ? own.cost / own.runs : undefined,
          ...said,
        }
      })
    },
  }
}

export type StandingStore = ReturnType<typeof createStandingStore>

async function readRuns(db: Db, workspaceId: WorkspaceId): Promise<Map<string, { runs: number; good: number; cost: number }>> {
  const rows = await db
    .selectFrom('runs')
    .leftJoin('feedback', (join) => join.onRef('feedback.run_id', '=', 'runs.run_id').on('feedback.kind', 'in', ['down', 'correction']))
    .select(['runs.run_id', 'runs.specialty_id', 'runs.status', 'runs.tier', 'runs.cost_micro_usd', 'feedback.kind'])
    .where('runs.workspace_id', '=', workspaceId)
    .where('runs.finished_at_ms', 'is not', null)
    .where('runs.specialty_id', 'is not', null)
    .orderBy('runs.run_id', 'desc')
    .limit(latestRuns)
    .execute()
  const found = new Map<string, { runs: number; good: number; cost: number }>()
  const seen = new Set<string>()
  for (const row of rows) {
    if (seen.has(row.run_id) || row.specialty_id === null || row.status === 'cancelled') continue
    seen.add(row.run_id)
    const own = found.get(row.specialty_id) ?? { runs: 0, good: 0, cost: 0 }
    own.runs++
    own.cost += row.cost_micro_usd
    if (row.status === 'completed' && row.tier === 1 && row.kind === null) own.good++
    found.set(row.specialty_id, own)
  }
  return found
}

/** A correction is a dislike of who answered and a like of who should have. */
async function readThumbs(db: Db, workspaceId: WorkspaceId, userId: string): Promise<Map<string, { likes: number; dislikes: number }>> {
  const rows = await db
    .selectFrom('feedback')
    .innerJoin('runs', 'runs.run_id', 'feedback.run_id')
    .select(['feedback.kind', 'feedback.text', 'runs.specialty_id'])
    .where('feedback.workspace_id', '=', workspaceId)
    .where('feedback.user_id', '=', userId)
    .orderBy('feedback.created_at_ms', 'desc')
    .limit(latestThumbs)
    .execute()
  const found = new Map<string, { likes: number; dislikes: number }>()
  const count = (specialtyId: string | null, what: 'likes' | 'dislikes') => {
    if (specialtyId === null) return
    const own = found.get(specialtyId) ?? { likes: 0, dislikes: 0 }
    own[what]++
    found.set(specialtyId, own)
  }
  for (const { kind, text, specialty_id: specialtyId } of rows) {
    if (kind === 'up') count(specialtyId, 'likes')
    if (kind === 'down' || kind === 'correction') count(specialtyId, 'dislikes')
    if (kind === 'correction') count(text, 'likes')
  }
  return found
}
