import type { AuthorizeResult, InstallationStore } from '@slack/bolt'
import { MurmurError } from '../../errors.ts'
import type { SlackCalls, SlackResult } from './slack-calls.ts'
import { isMissingFeature } from './slack-errors.ts'
import { withinTime } from '../within-time.ts'

/** One workspace as the app acts in it. */
export interface SlackWorkspace {
  readonly teamId: string
  readonly botToken: string
  /** Empty where Slack does not say; then events have to. */
  readonly botUserId: string
  readonly botId: string | undefined
  readonly calls: SlackCalls
}

/** Which workspace an event or a run belongs to. */
export interface Workspaces {
  /** @throws {MurmurError} MUR_SLACK_BUSY or MUR_SLACK_REJECTED when Slack does not say who we are there */
  find(query: WorkspaceQuery): Promise<SlackWorkspace>
  /**
   * The same for what Slack waits for: when it does not say soon who we are, the answer is without it, because a request
   * must be stored whether Slack's own interface answers or not.
   * @throws {MurmurError} MUR_SLACK_REJECTED when Slack refuses us
   */
  identify(query: WorkspaceQuery): Promise<SlackWorkspace>
  forget(teamId: string): void
}

export interface WorkspaceQuery {
  readonly teamId: string | undefined
  readonly enterpriseId?: string | undefined
  readonly isEnterpriseInstall?: boolean
}

/** An event is acknowledged within a second, and both Bolt and the listener ask. */
const longestAskMs = 250

type CallsFor = (botToken: string) => SlackCalls

/** Workspaces kept in memory; the one used longest ago is dropped and read again when needed. */
const maxKept = 1_000

/** One workspace with one token. Who we are there is asked once, and again as long as Slack does not say. */
export function createSingleWorkspace(botToken: string, callsFor: CallsFor): Workspaces {
  const calls = callsFor(botToken)
  const anonymous: SlackWorkspace = { teamId: '', botToken, botUserId: '', botId: undefined, calls }
  let known: Promise<SlackWorkspace> | undefined
  let told: SlackWorkspace | undefined
  const ask = async (): Promise<SlackWorkspace> => {
    const { team_id: teamId, user_id: botUserId, bot_id: botId } = await askWhoWeAre(calls)
    told = { ...anonymous, teamId: asText(teamId), botUserId: asText(botUserId), botId: asText(botId) || undefined }
    return told
  }
  const find = (): Promise<SlackWorkspace> =>
    (known ??= ask().catch((error: unknown) => {
      known = undefined
      throw error
    }))
  return {
    find,
    async identify() {
      // Asked twice for each delivery: a timer and its end for each would be a tenth of an edge's work.
      if (told) return told
      const asked = find().catch((error: unknown) => {
        if (error instanceof MurmurError && error.code === 'MUR_SLACK_BUSY') return anonymous
        throw error
      })
      return withinTime(asked, anonymous, longestAskMs)
    },
    forget() {},
  }
}

/** Not every server that speaks the Web API knows this method. */
async function askWhoWeAre(calls: SlackCalls): Promise<SlackResult> {
  try {
    return await calls.call('auth.test', {}, { attempts: 2 })
  } catch (error) {
    if (isMissingFeature(error)) return {}
    throw error
  }
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Many workspaces, each with the token of its installation. */
export function createInstalledWorkspaces(installations: Required<InstallationStore>, callsFor: CallsFor): Workspaces {
  const known = new Map<string, SlackWorkspace>()
  const find = async ({ teamId, enterpriseId, isEnterpriseInstall = false }: WorkspaceQuery): Promise<SlackWorkspace> => {
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
  }
  return {
    find,
    // Our own store says it, without asking Slack.
    identify: find,
    forget: (teamId) => void known.delete(teamId),
  }
}

/** What Bolt wants to know before it calls a listener. */
export async function authorizeWith(workspaces: Workspaces, query: WorkspaceQuery): Promise<AuthorizeResult> {
  const { botToken, botUserId, botId, teamId } = await workspaces.identify(query)
  // What is left out Bolt takes from the event.
  return { botToken, ...(botUserId === '' ? {} : { botUserId }), ...(teamId === '' ? {} : { teamId }), ...(botId === undefined ? {} : { botId }) }
}
