import { createServer, type Server } from 'node:http'
import { AuthorizationError, HTTPReceiver, type App, type InstallationStore, type Receiver, type ReceiverEvent } from '@slack/bolt'
import type { ReceiverProcessEventErrorHandlerArgs } from '@slack/bolt'
import { SocketModeClient } from '@slack/socket-mode'
import { MurmurError } from '../errors.ts'
import type { Config } from './config.ts'
import { createBoltLogger, type BoltLogger } from './bolt-logger.ts'
import type { OpsRoute } from './ops-routes.ts'
import type { Logger } from 'pino'

export interface ReceiverOptions {
  readonly config: Config
  readonly routes: readonly OpsRoute[]
  readonly logger: Logger
  /** Only for an installation over OAuth. */
  readonly installationStore: InstallationStore | undefined
  /** Bot scopes asked for at installation. */
  readonly scopes: readonly string[]
}

/** Slack's largest payloads are far below this. */
const bodyLimitBytes = 2 * 1024 * 1024

/**
 * The transport: signed HTTP, or Socket Mode with a small server for the probes.
 * Both acknowledge only after the listeners are through, because what is acknowledged must be stored.
 */
export function createReceiver(options: ReceiverOptions): Receiver & { readonly isConnected?: boolean } {
  const { config, routes, logger } = options
  const boltLogger = createBoltLogger(logger)
  if (config.slack.mode === 'socket') return new DurableSocketReceiver(config.slack.appToken, config, routes, boltLogger)
  return new PromptReceiver({
    signingSecret: config.slack.signingSecret,
    endpoints: ['/slack/events'],
    port: config.port,
    customRoutes: [...routes],
    processBeforeResponse: true,
    processEventErrorHandler: answerFailure(logger),
    bodyLimit: bodyLimitBytes,
    logger: boltLogger,
    ...oauthOptions(options),
  })
}

function oauthOptions({ config, installationStore, scopes }: ReceiverOptions) {
  if (config.slack.mode !== 'oauth' || !installationStore) return {}
  const { clientId, clientSecret, stateSecret } = config.slack
  const origin = new URL(config.slackApiUrl).origin
  return {
    clientId,
    clientSecret,
    stateSecret,
    installationStore,
    scopes: [...scopes],
    installerOptions: {
      directInstall: true,
      clientOptions: { slackApiUrl: config.slackApiUrl },
      // Another API address (a test server) also serves the page on which people agree.
      ...(origin === 'https://slack.com' ? {} : { authorizationUrl: `${origin}/oauth/v2/authorize` }),
    },
  }
}

/** Nothing in the app answers this: a button of an older version, or signed nonsense. */
class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

/** Bolt leaves what no listener answered to a timer of three seconds; here it is refused as soon as that is known. */
class PromptReceiver extends HTTPReceiver {
  override init(app: App): void {
    const processEvent = async (event: ReceiverEvent): Promise<void> => {
      let isAnswered = false
      const ack: ReceiverEvent['ack'] = async (response) => {
        isAnswered = true
        await event.ack(response)
      }
      await app.processEvent({ ...event, ack })
      if (!isAnswered) throw new Unanswered('no listener answered')
    }
    super.init({ processEvent } as Pick<App, 'processEvent'> as App)
  }
}

/** Whatever is not 200 makes Slack deliver it again: three times within about six minutes. */
const answerFailure =
  (logger: Logger) =>
  async ({ error, request, response }: ReceiverProcessEventErrorHandlerArgs): Promise<boolean> => {
    if (error instanceof Unanswered) {
      response.writeHead(404).end()
      return true
    }
    const cause = causeOf(error)
    const retryNum = request.headers['x-slack-retry-num']
    const facts = retryNum === undefined ? {} : { retryNum: Number(retryNum) }
    if (response.headersSent) logger.error({ err: cause, ...facts }, 'a delivery failed after it was acknowledged')
    else if (cause instanceof MurmurError && cause.retry === 'backoff') logger.warn({ ...facts, 'error.code': cause.code, 'error.message': cause.message }, 'a delivery was not taken in; Slack sends it again')
    else logger.error({ err: cause, ...facts }, 'a delivery failed; Slack sends it again')
    if (!response.headersSent) response.writeHead(statusOf(error)).end()
    return false
  }

/** Bolt wraps what its question for the workspace failed with. */
const causeOf = (error: Error): unknown => ('original' in error && error.original instanceof Error ? error.original : error)

function statusOf(error: Error): number {
  const cause = causeOf(error)
  if (cause instanceof MurmurError && cause.retry === 'backoff') return 503
  return error instanceof AuthorizationError ? 401 : 500
}

interface SocketEnvelope {
  readonly ack: (response?: object) => Promise<void>
  readonly body: ReceiverEvent['body']
  readonly retry_num?: number
  readonly retry_reason?: string
}

/**
 * Socket Mode. Bolt's own receiver acknowledges an event before its listeners run; a crash between the two would lose it.
 */
class DurableSocketReceiver implements Receiver {
  readonly #client: SocketModeClient
  readonly #server: Server
  readonly #port: number
  readonly #logger: BoltLogger
  #isConnected = false

  constructor(appToken: string, { port, slackApiUrl }: Config, routes: readonly OpsRoute[], logger: BoltLogger) {
    this.#client = new SocketModeClient({ appToken, logger, clientOptions: { slackApiUrl } })
    this.#port = port
    this.#logger = logger
    this.#server = createServer((request, response) => {
      const path = (request.url ?? '').split('?')[0]
      const route = routes.find((candidate) => candidate.path === path && candidate.method === request.method)
      if (route) route.handler(request, response)
      else response.writeHead(404).end()
    })
  }

  /** False until Slack has opened the socket: what happens before reaches nobody. */
  get isConnected(): boolean {
    return this.#isConnected
  }

  init(app: App): void {
    this.#client.on('connected', () => (this.#isConnected = true))
    // The client says 'disconnected' only when it gives up; Slack renews connections every few hours.
    this.#client.on('close', () => (this.#isConnected = false))
    this.#client.on('slack_event', (envelope: SocketEnvelope) => void this.#receive(app, envelope))
  }

  async start(): Promise<Server> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#port, resolve)
    })
    await this.#client.start()
    return this.#server
  }

  async stop(): Promise<void> {
    await this.#client.disconnect()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #receive(app: App, { ack, body, retry_num: retryNum, retry_reason: retryReason }: SocketEnvelope): Promise<void> {
    let response: object | undefined
    const event: ReceiverEvent = {
      body,
      ack: async (value?: unknown) => {
        response = typeof value === 'string' ? { text: value } : ((value ?? undefined) as object | undefined)
      },
      ...(retryNum === undefined ? {} : { retryNum }),
      ...(retryReason === undefined ? {} : { retryReason }),
    }
    try {
      await app.processEvent(event)
      await ack(response)
    } catch (error) {
      // Not acknowledged: Slack delivers it again.
      this.#logger.error('a delivery failed and is left to be delivered again', error)
    }
  }
}
