import { composeCore } from '../../src/app/compose.ts'
import { composeSlack, type Slack } from '../../src/app/compose-slack.ts'
import { readConfig } from '../../src/app/config.ts'
import { createLogger } from '../../src/app/logger.ts'
import { createTelemetry } from '../../src/app/telemetry.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import type { SlackSpot } from './bare-slack.ts'

/** What the Slack server says of itself. */
export interface SlackFacts {
  readonly apiUrl: string
  readonly botToken: string
  readonly signingSecret: string
  readonly teamId: string
  readonly botUserId: string
  readonly appId: string
  readonly userId: string
  /** One thread in each channel. */
  readonly threads: readonly SlackSpot[]
}

/** The app's core with its Slack threads in this process; requests come in behind the signature check. */
export interface SlackMurmur {
  /** Takes a request in and waits until its run has ended and its thread is closed. */
  run(text: string, spot: SlackSpot): Promise<void>
  close(): Promise<void>
}

export interface SlackMurmurOptions {
  readonly dataDir: string
  readonly openAiBaseUrl: string
  readonly slack: SlackFacts
}

const drainMs = 5_000

/** Builds what `main.ts` builds, without the port, and with a hook that tells when a run's thread was closed. */
export async function createSlackMurmur({ dataDir, openAiBaseUrl, slack: facts }: SlackMurmurOptions): Promise<SlackMurmur> {
  const config = readConfig({
    SLACK_BOT_TOKEN: facts.botToken,
    SLACK_SIGNING_SECRET: facts.signingSecret,
    SLACK_API_URL: facts.apiUrl,
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: openAiBaseUrl,
    MURMUR_DATA_DIR: dataDir,
    PORT: '0',
  })
  // Lines are made as in production and go nowhere.
  const logger = createLogger(config.logLevel, { write() {} })
  const slack = Promise.withResolvers<Slack>()
  const closed = new Map<string, () => void>()
  const core = await composeCore({
    ...config,
    configDir: undefined,
    timeZone: 'UTC',
    logger,
    nowMs: Date.now,
    async openThread(run, journal) {
      const thread = await (await slack.promise).openThread(run, journal)
      return { ...thread, close: () => thread.close().finally(() => closed.get(run.runId)?.()) }
    },
    tellAside: async (run, notice) => (await slack.promise).tellAside(run, notice),
  })
  const telemetry = createTelemetry({ ...core, version: 'bench', role: config.role, nowMs: Date.now })
  slack.resolve(composeSlack({ core, config, telemetry, logger, nowMs: Date.now }))
  await core.start()
  let requests = 0
  return {
    async run(text, { channelId, threadId }) {
      const ended = Promise.withResolvers<void>()
      const request = {
        workspaceId: facts.teamId as WorkspaceId,
        surface: 'mention' as const,
        channelId,
        userId: facts.userId,
        messageId: threadId,
        threadId,
        text,
        files: [],
        mentionable: [],
        isReply: false,
      }
      const key = ++requests
      const { runId } = await core.acceptRequest(request, [`event:${key}`, `message:${key}`], { beforeStart: (id) => void closed.set(id, ended.resolve) })
      await ended.promise
      closed.delete(runId)
    },
    close: () => core.close(drainMs),
  }
}
