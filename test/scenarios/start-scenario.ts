import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel, OfflineModelOptions } from '../../playground/offline-model/offline-model.ts'
import { readAppManifest } from '../../playground/read-app-manifest.ts'
import { startApp, type AppOptions, type RunningApp } from '../../playground/start-app.ts'
import { createWorkspace } from '../../playground/workspace/create-workspace.ts'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import type { Workspace } from '../../playground/workspace/workspace.ts'

export const alice = 'U0ALICE0001'
export const bob = 'U0BOB000001'
export const carol = 'U0CAROL0001'
export const general = 'C0GENERAL01'
export const aliceIm = 'D0ALICE0001'

/** The whole app as a process, between our own Slack and our own model. */
export interface Scenario {
  readonly workspace: Workspace
  readonly model: OfflineModel
  readonly dataDir: string
  readonly app: RunningApp
  /** Text of a mention of the app. */
  at(text: string): string
  /** kill -9, then the same app on the same data and port. */
  crash(): Promise<void>
  kill(): Promise<void>
  start(environment?: AppOptions['environment']): Promise<void>
  /** What the app has posted in a thread, oldest first. */
  answers(channel: string, threadTs: string): StoredMessage[]
  /** The newest finished answer after `afterTs`, once its footer stands under it. */
  waitForAnswer(channel: string, threadTs: string, afterTs?: string): Promise<StoredMessage>
  close(): Promise<void>
}

export interface ScenarioOptions {
  readonly model?: OfflineModelOptions
  readonly environment?: AppOptions['environment']
}

const answerTimeoutMs = 20_000

export async function startScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const model = await createOfflineModel(options.model)
  const workspace = await createWorkspace({ servePage: false, seed: await readAppManifest() })
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-scenario-'))
  const begin = (environment: AppOptions['environment'] = options.environment, port?: number): Promise<RunningApp> =>
    startApp({
      workspace,
    dataDir,
      openAiBaseUrl: model.baseUrl,
      openAiApiKey: 'offline-test-key',
      environment: { NODE_ENV: 'test', LOG_LEVEL: 'debug', ...environment },
      ...(port === undefined ? {} : { port }),
    })
  let app = await begin()
  const answers = (channel: string, threadTs: string) => workspace.thread(channel, threadTs).filter((message) => message.botId !== undefined)
  return {
    workspace,
    model,
    dataDir,
    answers,
    get app() {
      return app
    },
    at: (text) => `<@${workspace.botUserId}> ${text}`.trim(),
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
      workspace.waitFor('an answer', () => answers(channel, threadTs).findLast((message) => message.ts > afterTs && isWhole(message)), answerTimeoutMs),
    async close() {
      await app.stop('SIGKILL')
      await workspace.close()
      await model.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** A message is whole when nothing streams into it and what stands at the end of an answer is there. */
const isWhole = ({ streamingState, blocks }: StoredMessage): boolean => streamingState !== 'in_progress' && blocks.length > 0
