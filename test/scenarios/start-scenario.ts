import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel, OfflineModelOptions } from '../../playground/offline-model/offline-model.ts'
import { readAppManifest } from '../../playground/read-app-manifest.ts'
import { startApp, type AppOptions, type RunningApp } from '../../playground/start-app.ts'
import { createWorkspace } from '../../playground/workspace/create-workspace.ts'
import type { SeedChannel, WorkspaceSeed } from '../../playground/workspace/seed.ts'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import type { Workspace } from '../../playground/workspace/workspace.ts'
import { projectRoot } from '../support/source-tree.ts'
import { openStoreReader, type StoreReader, type StoredRun } from './read-store.ts'

export const alice = 'U0ALICE0001'
export const bob = 'U0BOB000001'
export const carol = 'U0CAROL0001'
export const general = 'C0GENERAL01'
export const aliceIm = 'D0ALICE0001'
export const privateLab = 'G0LAB000001'
/** A public channel in which the app is no member. */
export const elsewhere = 'C0ELSEWHERE'

/** Where a request was made and its thread is. */
export interface Asked {
  readonly channel: string
  readonly ts: string
}

export interface AskOptions {
  /** Default alice, who is an admin. */
  readonly user?: string
  /** Default: one that no other test of the file uses, as Slack lets an app post about once a second and channel. */
  readonly channel?: string
  readonly threadTs?: string
}

/** The whole app as a process, between our own Slack and our own model. */
export interface Scenario {
  readonly workspace: Workspace
  readonly model: OfflineModel
  readonly dataDir: string
  readonly app: RunningApp
  readonly store: StoreReader
  /** Text of a mention of the app. */
  at(text: string): string
  freshChannel(): string
  /** Mentions the app; the delivery was acknowledged when this resolves. */
  ask(text: string, options?: AskOptions): Promise<Asked>
  /** kill -9, then the same app on the same data and port. */
  crash(): Promise<void>
  kill(): Promise<void>
  start(environment?: AppOptions['environment']): Promise<void>
  /** What the app has posted in a thread, oldest first. */
  answers(channel: string, threadTs: string): StoredMessage[]
  /** The newest finished answer after `afterTs`, once its thumbs stand under it. */
  waitForAnswer(channel: string, threadTs: string, afterTs?: string): Promise<StoredMessage>
  /** The newest run of a thread, once it has ended. */
  waitForEnd(asked: Asked): Promise<StoredRun>
  close(): Promise<void>
}

export interface ScenarioOptions {
  readonly model?: OfflineModelOptions
  readonly environment?: AppOptions['environment']
  readonly seed?: WorkspaceSeed
}

const answerTimeoutMs = 30_000
const pollMs = 10
const freshChannels = 60

export async function startScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const model = await createOfflineModel(options.model)
  const workspace = await createWorkspace({ servePage: false, seed: { ...(await readAppManifest()), channels: seedChannels(), ...options.seed } })
  workspace.channels.find(({ id }) => id === elsewhere)?.members.delete(workspace.botUserId)
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-scenario-'))
  const store = openStoreReader(dataDir)
  const configDir = writeConfigWithoutEmbeddings(dataDir)
  const begin = (environment: AppOptions['environment'] = options.environment, port?: number): Promise<RunningApp> =>
    startApp({
      workspace,
      dataDir,
      openAiBaseUrl: model.baseUrl,
      openAiApiKey: 'offline-test-key',
      environment: { NODE_ENV: 'test', LOG_LEVEL: 'debug', MURMUR_CONFIG_DIR: configDir, ...environment },
      ...(port === undefined ? {} : { port }),
    })
  const closeWorld = async (): Promise<void> => {
    await workspace.close()
    await model.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
  let app = await begin().catch(async (error: unknown) => {
    await closeWorld()
    throw error
  })
  let usedChannels = 0
  const at = (text: string): string => `<@${workspace.botUserId}> ${text}`.trim()
  const freshChannel = (): string => channelId(usedChannels++)
  const answers = (channel: string, threadTs: string) => workspace.thread(channel, threadTs).filter((message) => message.botId !== undefined)
  return {
    workspace,
    model,
    dataDir,
    store,
    answers,
    at,
    freshChannel,
    get app() {
      return app
    },
    async ask(text, { user = alice, channel = freshChannel(), threadTs } = {}) {
      const { message, deliveries } = await workspace.say({ user, channel, text: at(text), ...(threadTs === undefined ? {} : { threadTs }) })
      const failed = deliveries.filter(({ ok }) => !ok)
      if (failed.length > 0) throw new Error(`Expected the deliveries to be acknowledged, got ${JSON.stringify(failed)}.`)
      return { channel, ts: threadTs ?? message.ts }
    },
    async crash() {
      await app.stop('SIGKILL')
      app = await begin(undefined, app.port)
    },
    async kill() {
      await app.stop('SIGKILL')
    },
    async start(environment) {
      app = await begin(environment, app.port)
    },
    waitForAnswer: (channel, threadTs, afterTs = threadTs) =>
      workspace.waitFor('an answer', () => answers(channel, threadTs).findLast((message) => message.ts > afterTs && isFinishedAnswer(message)), answerTimeoutMs),
    waitForEnd: ({ channel, ts }) =>
      waitUntil('the end of a run', () => {
        const [run] = store.runsOf(channel, ts).toReversed()
        return run?.finishedAtMs === undefined ? undefined : run
      }),
    async close() {
      await app.stop('SIGKILL')
      await closeWorld()
    },
  }
}

/** Asks `probe` every 10 ms until it gives something; for what no event tells of. */
export async function waitUntil<T>(what: string, probe: () => T | undefined | false | Promise<T | undefined | false>, timeoutMs = answerTimeoutMs): Promise<T> {
  const deadlineMs = Date.now() + timeoutMs
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadlineMs) throw new Error(`Waited ${timeoutMs} ms for ${what}, in vain.`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** An answer has ended when nothing streams into it and the thumbs are there; what is shown on the way has none. */
export const isFinishedAnswer = ({ streamingState, blocks }: StoredMessage): boolean =>
  streamingState !== 'in_progress' && blocks.some((block) => block['type'] === 'context_actions')

/** What runs are remembered with comes after their end, at any moment: here it asks no model, whose calls and faults the scenarios count. */
export function writeConfigWithoutEmbeddings(dataDir: string): string {
  const configDir = join(dataDir, 'config')
  const { embedding: _, ...models } = JSON.parse(readFileSync(join(projectRoot, 'config/models.json'), 'utf8')) as Record<string, unknown>
  mkdirSync(configDir)
  writeFileSync(join(configDir, 'models.json'), JSON.stringify(models))
  return configDir
}

const channelId = (index: number): string => {
  if (index >= freshChannels) throw new Error(`Expected at most ${freshChannels} fresh channels in a file.`)
  return `C0FRESH${String(index).padStart(4, '0')}`
}

export const seedChannels = (): SeedChannel[] => [
  { id: general, name: 'general' },
  { id: privateLab, name: 'lab', isPrivate: true, members: [alice] },
  { id: elsewhere, name: 'elsewhere' },
  ...Array.from({ length: freshChannels }, (_, index) => ({ id: channelId(index), name: `fresh-${index}` })),
]
