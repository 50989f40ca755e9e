import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import type { StoredMessage } from '../../../playground/workspace/stored-message.ts'
import type { Workspace, WorkspaceOptions } from '../../../playground/workspace/workspace.ts'
import { createChannelPacer } from '../../../src/app/slack/channel-pacer.ts'
import { createFeatureMemory } from '../../../src/app/slack/feature-memory.ts'
import { createSlackCalls } from '../../../src/app/slack/slack-calls.ts'
import type { SlackCalls } from '../../../src/app/slack/slack-calls.ts'
import { createSlackThread } from '../../../src/app/slack/slack-thread.ts'
import type { SlackThreadOptions } from '../../../src/app/slack/slack-thread.ts'
import type { AnswerFooter, ThreadPort } from '../../../src/orchestration/thread-port.ts'
import type { Request, WorkspaceId } from '../../../src/storage/records.ts'
import { aRequest } from '../../builders.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'
import { MemorySteps } from '../../fakes/memory-steps.ts'

export const channelId = 'C0AILAB0001'
export const directId = 'D0ALICE0001'
export const userId = 'U0ALICE0001'
export const runId = '019ab3c4-0000-7000-8000-000000000001'

export const silent = { debug: () => undefined, warn: () => undefined }

export const aFooter = (over: Partial<AnswerFooter> = {}): AnswerFooter => ({
  runId,
  agentName: 'Data Analyst',
  agentIcon: ':bar_chart:',
  tier: 1,
  note: 'small, $0.0012',
  asksFeedback: true,
  ...over,
})

/** A fake Slack, a run in it that alice asked for, and the means to restart that run's process. */
export class SlackPlace {
  readonly clock = new ManualClock()
  readonly steps = new MemorySteps()
  readonly features = createFeatureMemory({ now: this.clock.now })
  readonly workspace: Workspace
  readonly calls: SlackCalls

  constructor(workspace: Workspace, delay?: (ms: number, signal?: AbortSignal) => Promise<void>) {
    this.workspace = workspace
    this.calls = createSlackCalls({
      token: workspace.botToken,
      apiUrl: workspace.apiUrl,
      logger: silent,
      now: this.clock.now,
      // Waits between tries take no time unless a test wants to see them.
      delay: delay ?? (async (ms) => this.clock.advance(ms)),
      random: () => 0.5,
      timeoutMs: 1_000,
    })
  }

  static async open(options: WorkspaceOptions = {}): Promise<SlackPlace> {
    return new SlackPlace(await createWorkspace({ servePage: false, ...options }))
  }

  /** Alice says something to the bot. */
  async ask(text = '<@U0MURMUR001> how many?', channel = channelId, threadTs?: string): Promise<Request> {
    const { message } = await this.workspace.say({
      user: userId,
      channel,
      text,
      ...(threadTs === undefined ? {} : { threadTs }),
    })
    return aRequest({
      workspaceId: this.workspace.teamId as WorkspaceId,
      channelId: channel,
      userId,
      messageId: message.ts,
      threadId: threadTs ?? message.ts,
      text,
      isReply: threadTs !== undefined,
      surface: channel.startsWith('D') ? 'direct' : 'mention',
    })
  }

  optionsFor(request: Request, over: Partial<SlackThreadOptions> = {}): SlackThreadOptions {
    const { clock, steps, features, calls, workspace } = this
    return {
      calls,
      request,
      runId,
      botUserId: workspace.botUserId,
      botId: workspace.botId,
      steps: steps.open(),
      pacer: createChannelPacer({ now: clock.now, delay: async (ms) => clock.advance(ms) }),
      features,
      isKnownMessage: steps.isKnownMessage,
      now: clock.now,
      delay: clock.delay,
      logger: silent,
      ...over,
    }
  }

  /** A process of another run. */
  otherRun(otherRunId: string): Partial<SlackThreadOptions> {
    const steps = new MemorySteps()
    return { runId: otherRunId, steps: steps.open(), isKnownMessage: steps.isKnownMessage }
  }

  /** A process that works on the run; call it again for the process after a crash. */
  threadFor(request: Request, over: Partial<SlackThreadOptions> = {}): ThreadPort {
    return createSlackThread(this.optionsFor(request, over), request.threadId ?? '')
  }

  /** What the bot has said in the thread. */
  replies(request: Request): StoredMessage[] {
    return this.workspace
      .thread(request.channelId, request.threadId ?? '')
      .filter(({ botId }) => botId === this.workspace.botId)
  }

  /** The words of each of them, without what stands under an answer. */
  texts(request: Request): string[] {
    return this.replies(request).map(({ blocks, text }) => {
      const shown = blocks.filter(({ type }) => type === 'markdown').map((block) => String(block['text']))
      return shown.length > 0 ? shown.join('\n') : text
    })
  }

  /** Names of the calls made so far. */
  methods(): string[] {
    return this.workspace.calls().map(({ method }) => method)
  }

  /** Lets time pass until something is so. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    for (let round = 0; round < 20_000; round++) {
      if (isSo()) return
      this.clock.advance(5)
      await new Promise((resolve) => setImmediate(resolve))
    }
    throw new Error(`Waited in vain for ${what}. Calls: ${this.methods().slice(-6).join(', ')}`)
  }

  /** Lets time pass until a promise has settled, for what waits between tries. */
  async whileTimePasses<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = promise.finally(() => {
      isSettled = true
    })
    await this.until('a promise to settle', () => isSettled)
    return settled
  }

  /** Until the bot's words in the thread are as wanted. */
  showing(request: Request, what: string, fits: (texts: string[]) => boolean): Promise<void> {
    return this.until(what, () => fits(this.texts(request)))
  }
}
