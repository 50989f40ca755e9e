import type { AuthorizeResult, InstallationStore } from '@slack/bolt'
import { MurmurError } from '../../errors.ts'
import type { SlackCalls } from './slack-calls.ts'

/** One workspace as the app acts in it. */
export interface SlackWorkspace {
  readonly teamId: string
  readonly botToken: string
  readonly botUserId: string
  readonly botId: string | undefined
  readonly calls: SlackCalls
}

/** Which workspace an event or a run belongs to. */
export interface Workspaces {
  /** @throws {MurmurError} MUR_SLACK_BUSY or MUR_SLACK_REJECTED when Slack does not say who we are there */
  find(query: WorkspaceQuery): Promise<SlackWorkspace>
  forget(teamId: string): void
}

export interface WorkspaceQuery {
  readonly teamId: string | undefined
  readonly enterpriseId?: string | undefined
  readonly isEnterpriseInstall?: boolean
}

type CallsFor = (botToken: string) => SlackCalls

/** Workspaces kept in memory; the one used longest ago is dropped and read again when needed. */
const maxKept = 1_000

/** One workspace with one token. Who we are there is asked once, and again as long as Slack does not say. */
export function createSingleWorkspace(botToken: string, callsFor: CallsFor): Workspaces {
  const calls = callsFor(botToken)
  let known: Promise<SlackWorkspace> | undefined
  const ask = async (): Promise<SlackWorkspace> => {
    const { team_id: teamId, user_id: botUserId, bot_id: botId } = await calls.call('auth.test', {}, { attempts: 2 })
    if (typeof botUserId !== 'string') throw new MurmurError('MUR_SLACK_REJECTED', { method: 'auth.test', reason: 'no user id' })
    return { teamId: typeof teamId === 'string' ? teamId : '', botToken, botUserId, botId: typeof botId === 'string' ? botId : undefined, calls }
  }
  return {
    find() {
      known ??= ask().catch((error: unknown) => {
        known = undefined
        throw error
      })
      return known
    },
    forget() {},
  }
}

/** Many workspaces, each with the token of its installation. */
export function createInstalledWorkspaces(installations: Required<InstallationStore>, callsFor: CallsFor): Workspaces {
  const known = new Map<string, SlackWorkspace>()
  return {
    async find({ teamId, enterpriseId, isEnterpriseInstall = false }) {
      const key = teamId ?? enterpriseId ?? ''
      const found = known.get(key)
      if (found) return found
      const installation = await installations.fetchInstallation({ teamId, enterpriseId, isEnterpriseInstall })
      const { token = '', userId = '', id } = installation.bot ?? {}
      const workspace = { teamId: key, botToken: token, botUserId: userId, botId: id, calls: callsFor(token) }
      const oldest = known.keys().next()
      if (known.size >= maxKept && !oldest.done) known.delete(oldest.value)
      known.set(key, workspace)
      return workspace
    },
    forget: (teamId) => void known.delete(teamId),
  }
}

/** What Bolt wants to know before it calls a listener. */
export async function authorizeWith(workspaces: Workspaces, query: WorkspaceQuery): Promise<AuthorizeResult> {
  const { botToken, botUserId, botId, teamId } = await workspaces.find(query)
  return { botToken, botUserId, teamId, ...(botId === undefined ? {} : { botId }) }
}
