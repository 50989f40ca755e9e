import type { RawDelivery } from './app-link.ts'
import type { ApiCall } from './call-journal.ts'
import type { ChangeListener } from './change-feed.ts'
import type { Delivery } from './delivery.ts'
import type { Channel } from './directory.ts'
import type { FaultSwitches } from './fault-switches.ts'
import type { Interactions } from './interactions.ts'
import type { JsonObject } from './json-object.ts'
import type { People } from './people.ts'
import type { SeedUser, WorkspaceSeed } from './seed.ts'
import type { AgentSession, SuggestedPrompts } from './session-book.ts'
import type { StoredMessage } from './stored-message.ts'
import type { StoredView } from './view-book.ts'
import type { WorkspaceLimits } from './workspace-state.ts'

/** How a workspace is made. */
export interface WorkspaceOptions {
  /** 0 (the default) takes any free port */
  readonly port?: number
  /** default 127.0.0.1 */
  readonly host?: string
  readonly seed?: WorkspaceSeed
  /** milliseconds; drives timestamps and expiry, not signatures. Default Date.now */
  readonly now?: () => number
  /** milliseconds of real time for signatures, which the app compares with its own clock. Default Date.now */
  readonly wallClock?: () => number
  /** serve the browser page and its routes, default true */
  readonly servePage?: boolean
  /** deliver events again after a failure, as Slack does; default false */
  readonly retry?: boolean
  /** pauses before the three retries, default 0, 1 s and 5 s (Slack: 0, 60 and 300 s) */
  readonly retryDelaysMs?: readonly number[]
  readonly limits?: WorkspaceLimits
}

/** What an app is configured with, and who is in the workspace at the start. */
export interface WorkspaceIdentity {
  readonly signingSecret: string
  readonly botToken: string
  readonly appToken: string
  readonly clientId: string
  readonly clientSecret: string
  readonly teamId: string
  readonly botUserId: string
  readonly botId: string
  readonly appId: string
  readonly users: readonly SeedUser[]
  readonly channels: readonly Channel[]
}

/** What people do. Each returns when the app has answered, or after Slack's three seconds. */
export interface WorkspaceActs {
  readonly say: People['say']
  readonly sayAsOtherBot: People['sayAsOtherBot']
  readonly edit: People['edit']
  readonly delete: People['delete']
  readonly react: People['react']
  readonly openHome: People['openHome']
  readonly stop: People['stop']
  readonly emit: People['emit']
  readonly stageFile: People['stageFile']
  readonly command: Interactions['command']
  readonly click: Interactions['click']
  readonly clickInView: Interactions['clickInView']
  readonly submitView: Interactions['submitView']
  readonly closeView: Interactions['closeView']
  readonly shortcut: Interactions['shortcut']
  readonly globalShortcut: Interactions['globalShortcut']
}

/** What a test or the page can see. Channels go by id or name. */
export interface WorkspaceLooks {
  messages(channel: string): StoredMessage[]
  /** root and replies, oldest first */
  thread(channel: string, threadTs: string): StoredMessage[]
  ephemerals(user: string): StoredMessage[]
  /** the stack of modals, the lowest first */
  openViews(user: string): readonly StoredView[]
  home(user: string): JsonObject | undefined
  session(channel: string, threadTs: string): AgentSession | undefined
  /** the "is thinking..." line, empty when there is none */
  statusText(channel: string, threadTs: string): string
  prompts(channel: string, threadTs?: string): SuggestedPrompts | undefined
  /** the newest calls of the app, oldest first; `response_url` stands for messages sent to one */
  calls(method?: string): ApiCall[]
  /** @throws {Error} naming `what` after `timeoutMs` (default 10,000) */
  waitFor<T>(what: string, probe: () => T | undefined | false, timeoutMs?: number): Promise<T>
  /** @returns a function that ends the subscription */
  onChange(listener: ChangeListener): () => void
}

/** A running fake Slack: people act in it, the app calls it, tests look at it. */
export interface Workspace extends WorkspaceIdentity, WorkspaceActs, WorkspaceLooks {
  readonly url: string
  /** base address for Web API clients, with a slash at the end */
  readonly apiUrl: string
  /** Where the app listens; deliveries go to `<appUrl>/slack/events`. */
  connect(appUrl: string): void
  /** Sends anything, signed well, badly or not at all. */
  deliver(raw: RawDelivery): Promise<Delivery>
  /** Asks a Socket Mode app to reconnect, as Slack does every few hours. */
  refreshSockets(): void
  readonly faults: Pick<FaultSwitches, 'add' | 'list' | 'clear'>
  grantScope(scope: string): void
  revokeScope(scope: string): void
  close(): Promise<void>
}
