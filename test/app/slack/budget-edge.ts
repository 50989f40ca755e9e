import type { SlackEdge } from '../../../src/app/slack/edge.ts'
import type { SlackArguments } from '../../../src/app/slack/slack-calls.ts'
import { openRunnerWorld, type RunnerWorld } from '../../orchestration/runner-world.ts'

export const admin = 'U0ADMIN'
export const asker = 'U1'
export const stranger = 'U7'

export interface MadeCall {
  readonly method: string
  readonly args: SlackArguments
}

/** The Slack edge over runs on a real store; Slack itself only remembers what it was told. */
export async function openBudgetEdge(...setUp: Parameters<typeof openRunnerWorld>): Promise<{ world: RunnerWorld; edge: SlackEdge; calls: MadeCall[]; takeCalls: () => MadeCall[] }> {
  const world = await openRunnerWorld(...setUp)
  const calls: MadeCall[] = []
  const tryCall = async (method: string, args: SlackArguments) => {
    calls.push({ method, args })
    return { ok: true, result: {} }
  }
  const edge = {
    workspaces: { identify: async () => ({ teamId: 'T1', calls: { tryCall } }) },
    nowMs: world.clock.now,
    commands: {
      runs: world.runs,
      limits: world.book,
      approveRun: world.approve,
      canceller: world.canceller,
      isAdmin: async (_: unknown, userId: string) => userId === admin,
    },
  } as unknown as SlackEdge
  return { world, edge, calls, takeCalls: () => calls.splice(0) }
}
