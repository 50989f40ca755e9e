import { setTimeout as sleep } from 'node:timers/promises'
import { App } from '@slack/bolt'
import type { Logger } from 'pino'
import { MurmurError } from '../errors.ts'
import type { ChannelKind } from '../learning/workflows/share-workflows.ts'
import { createSealedInstallationStore } from '../storage/installation-store.ts'
import type { Request, RunRecord, WorkspaceId } from '../storage/records.ts'
import type { SettingsView } from '../commands/command.ts'
import type { StepJournal } from '../storage/step-journal.ts'
import { createQuietThread } from '../orchestration/tasks/quiet-thread.ts'
import type { Addressee, ThreadPort } from '../orchestration/thread-port.ts'
import { createBoltLogger } from './bolt-logger.ts'
import { createClockCheck } from './clock-check.ts'
import type { Core } from './compose.ts'
import type { Config } from './config.ts'
import { createOpsRoutes } from './ops-routes.ts'
import { createReceiver } from './receiver.ts'
import { botScopes } from './slack/bot-scopes.ts'
import { createChannelPacer, type ChannelPacer } from './slack/channel-pacer.ts'
import type { SlackEdge } from './slack/edge.ts'
import { createFeatureMemory } from './slack/feature-memory.ts'
import { createInstallations } from './slack/installations.ts'
import { PersonChannels } from './slack/person-channels.ts'
import { PersonZones } from './slack/person-zones.ts'
import { registerListeners } from './slack/register-listeners.ts'
import { createSeal } from './slack/seal.ts'
import { createSlackCalls, type SlackCalls } from './slack/slack-calls.ts'
import { createSlackExchange } from './slack/slack-exchange.ts'
import { openSlackThread } from './slack/slack-thread.ts'
import { tellAside } from './slack/tell-aside.ts'
import { authorizeWith, createInstalledWorkspaces, createSingleWorkspace, type Workspaces } from './slack/workspaces.ts'
import type { Telemetry } from './telemetry.ts'

/** The Slack side: what listens, and what runs speak through. */
export interface Slack {
  readonly app: App
  readonly openThread: (run: RunRecord, journal: StepJournal) => Promise<ThreadPort>
  readonly tellAside: (to: Addressee, notice: string) => Promise<void>
  readonly isAdmin: (workspaceId: WorkspaceId, userId: string) => Promise<boolean>
  readonly adminsOf: (workspaceId: WorkspaceId) => Promise<readonly string[]>
  readonly kindOf: (workspaceId: WorkspaceId, channelId: string) => Promise<ChannelKind>
}

export interface SlackOptions {
  readonly core: Core
  readonly config: Config
  readonly telemetry: Telemetry
  readonly logger: Logger
  readonly nowMs: () => number
  /** How far the machine's clock is ahead of the one that all processes go by; undefined while that is not known. */
  readonly aheadMs?: () => number | undefined
}

const delay = async (ms: number, signal?: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, signal ? { signal } : {})
}

export function composeSlack(options: SlackOptions): Slack {
  const { core, config, telemetry, logger, nowMs } = options
  const pacer = createChannelPacer({ now: nowMs, delay, shared: core.sharedLimits })
  const { workspaces, installations } = composeWorkspaces(options, pacer)
  // Asked now, so that the first event need not wait for it.
  if (config.slack.mode !== 'oauth') workspaces.find({ teamId: undefined }).catch((error: unknown) => logger.warn({ err: error }, 'Slack does not say yet who we are'))
  const isReachable = async () => {
    if (config.slack.mode !== 'oauth') await (await workspaces.find({ teamId: undefined })).calls.call('auth.test', {}, { attempts: 1 })
  }
  const isConnected = async () => {
    await isReachable()
    if (receiver.isConnected === false) throw new MurmurError('MUR_SLACK_BUSY', { method: 'the socket', reason: 'not connected yet' })
  }
  const receiver = createReceiver({
    config,
    logger,
    installationStore: installations,
    scopes: botScopes,
    routes: createOpsRoutes({
      telemetry,
      metricsToken: config.metricsToken,
      checks: {
        slack: isConnected,
        database: () => core.ping(),
        queue: () => core.queue.health(),
        vectors: () => core.pingVectors(),
        ...(options.aheadMs && config.slack.mode !== 'socket' ? { clock: createClockCheck({ aheadMs: options.aheadMs, logger }) } : {}),
      },
    }),
  })
  const app = new App({
    receiver,
    authorize: ({ teamId, enterpriseId, isEnterpriseInstall }) => authorizeWith(workspaces, { teamId, enterpriseId, isEnterpriseInstall }),
    clientOptions: { slackApiUrl: config.slackApiUrl },
    convoStore: false,
    logger: createBoltLogger(logger),
  })
  // Said once, by the receiver, which knows what became of it.
  app.error(async (error) => Promise.reject(error))
  const workspaceZone = async (workspaceId: WorkspaceId) => (await core.limits.limits(workspaceId, '')).timeZone
  const zones = new PersonZones({ callsOf: async (workspaceId) => (await workspaces.find({ teamId: workspaceId })).calls, otherwise: workspaceZone, nowMs })
  const channels = new PersonChannels({ callsOf: async (workspaceId) => (await workspaces.find({ teamId: workspaceId })).calls, nowMs })
  const edge: SlackEdge = {
    workspaces,
    logger,
    nowMs,
    catalogueOf: async (workspaceId) => (await core.settings.of(workspaceId)).catalogue,
    channelsOf: channels.of,
    observeIntake(kind, seconds) {
      telemetry.observeIntake(kind, seconds)
      core.noteIntake(seconds * 1_000)
    },
    commands: { ...core, settingsOf: (workspaceId) => describeSettings(core, workspaceId), timeZoneOf: zones.of, nowMs, isAdmin: (workspaceId, userId) => isAdmin(workspaces, config, workspaceId, userId) },
    async forgetInstallation(teamId) {
      workspaces.forget(teamId)
      await installations?.deleteInstallation({ teamId, enterpriseId: undefined, isEnterpriseInstall: false })
    },
  }
  // A worker only runs what edges took in.
  if (config.role !== 'worker') registerListeners(app, edge)
  return { app, ...composeSpeaking(options, workspaces, pacer), isAdmin: edge.commands.isAdmin, adminsOf: (workspaceId) => listAdmins(workspaces, config, workspaceId), kindOf: (workspaceId, channelId) => kindOf(workspaces, workspaceId, channelId) }
}

function composeWorkspaces({ core, config, logger, nowMs }: SlackOptions, pacer: ChannelPacer) {
  const exchange = createSlackExchange()
  const callsFor = (token: string): SlackCalls =>
    createSlackCalls({ token, apiUrl: config.slackApiUrl, logger, exchange, now: nowMs, delay, random: Math.random, onChannelBusy: pacer.slowDown })
  if (config.slack.mode !== 'oauth') return { workspaces: createSingleWorkspace(config.slack.botToken, callsFor), installations: undefined }
  const installations = createInstallations(createSealedInstallationStore(core.database.db, nowMs), createSeal(config.slack.encryptionKey))
  return { workspaces: createInstalledWorkspaces(installations, callsFor), installations }
}

/** How runs speak: each gets its own thread over shared pacing and what is known of each workspace's features. */
function composeSpeaking({ core, logger, nowMs }: SlackOptions, workspaces: Workspaces, pacer: ChannelPacer): Pick<Slack, 'openThread' | 'tellAside'> {
  const features = createFeatureMemory({ now: nowMs })
  return {
    async openThread(run, steps) {
      if (run.request.surface === 'study') return createQuietThread(run.runId, async () => undefined)
      const { calls, botUserId, botId } = await workspaces.find({ teamId: run.workspaceId })
      const isKnownMessage = (channelId: string, ts: string) => core.runs.isKnownPost(run.workspaceId, channelId, ts)
      const { request, runId, threadId, parentRunId } = run
      const open = (of: Request) => openSlackThread({ calls, request: of, runId, steps, pacer, features, isKnownMessage, botUserId, botId, delay, logger, now: nowMs })
      if (parentRunId !== undefined) return createQuietThread(runId, async () => (threadId === undefined ? undefined : open({ ...request, threadId })))
      const thread = await open(request)
      // A command's thread exists only now; a stop or a follow-up finds the run by it.
      if (run.threadId !== thread.threadId) await core.runs.setThread(runId, thread.threadId)
      return thread
    },
    async tellAside({ workspaceId, request }, notice) {
      const { calls } = await workspaces.find({ teamId: workspaceId })
      await tellAside(calls, request, notice)
    },
  }
}

async function describeSettings({ settings }: Core, workspaceId: WorkspaceId): Promise<SettingsView> {
  const { catalogue, models, files } = await settings.of(workspaceId)
  return { catalogue, models: models.lines(), teams: files.teams }
}

async function isAdmin(workspaces: Workspaces, config: Config, workspaceId: WorkspaceId, userId: string): Promise<boolean> {
  if (config.admins.includes(userId)) return true
  const { calls } = await workspaces.find({ teamId: workspaceId })
  const { user } = await calls.call('users.info', { user: userId }, { attempts: 1 })
  const { is_admin: admin, is_owner: owner } = (user ?? {}) as { is_admin?: boolean; is_owner?: boolean }
  return admin === true || owner === true
}

/** Unknown where Slack does not say. */
async function kindOf(workspaces: Workspaces, workspaceId: WorkspaceId, channelId: string): Promise<ChannelKind> {
  const { calls } = await workspaces.find({ teamId: workspaceId })
  const found = await calls.call('conversations.info', { channel: channelId }, { attempts: 1 }).catch(() => undefined)
  const { is_private: isPrivate, is_im: isDirect, is_mpim: isGroup, is_ext_shared: isShared } = (found?.['channel'] ?? {}) as { is_private?: boolean; is_im?: boolean; is_mpim?: boolean; is_ext_shared?: boolean }
  if (isShared === true) return 'shared'
  if (isDirect === true || isGroup === true || isPrivate === true) return 'private'
  return isPrivate === false ? 'public' : 'unknown'
}

/** So many are told; a large workspace is not read to its end for it. */
const mostAdmins = 5
const listedAtOnce = 200
const mostPages = 5

/** Those of the setting, else the first owners and admins of the workspace. */
async function listAdmins(workspaces: Workspaces, config: Config, workspaceId: WorkspaceId): Promise<readonly string[]> {
  if (config.admins.length > 0) return config.admins.slice(0, mostAdmins)
  const { calls } = await workspaces.find({ teamId: workspaceId })
  const found: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < mostPages && found.length < mostAdmins && cursor !== ''; page++) {
    const { members, response_metadata: next } = (await calls.call('users.list', { limit: listedAtOnce, ...(cursor === undefined ? {} : { cursor }) })) as MemberPage
    found.push(...(members ?? []).filter(({ is_admin: admin, is_owner: owner, deleted, is_bot: bot }) => (admin === true || owner === true) && deleted !== true && bot !== true).map(({ id }) => id))
    cursor = next?.next_cursor ?? ''
  }
  return found.slice(0, mostAdmins)
}

interface MemberPage {
  readonly members?: readonly { readonly id: string; readonly is_admin?: boolean; readonly is_owner?: boolean; readonly deleted?: boolean; readonly is_bot?: boolean }[]
  readonly response_metadata?: { readonly next_cursor?: string }
}
