import { CallJournal } from './call-journal.ts'
import { ChangeFeed } from './change-feed.ts'
import { Directory } from './directory.ts'
import { FaultSwitches } from './fault-switches.ts'
import { FileShelf } from './file-shelf.ts'
import { IdSequence } from './id-sequence.ts'
import { MessageBoard } from './message-board.ts'
import { MessageClock } from './message-clock.ts'
import { OauthCodes } from './oauth-codes.ts'
import { ResponseUrls } from './response-urls.ts'
import { defaultSeed } from './seed.ts'
import type { WorkspaceSeed } from './seed.ts'
import { SessionBook } from './session-book.ts'
import { StreamBook } from './stream-book.ts'
import { TokenBook } from './token-book.ts'
import { TriggerBook } from './trigger-book.ts'
import { ViewBook } from './view-book.ts'

/** Everything the workspace remembers. Parts know nothing of HTTP; each keeps its own bounds. */
export interface WorkspaceState {
  readonly seed: WorkspaceSeed
  readonly directory: Directory
  readonly clock: MessageClock
  readonly ids: IdSequence
  readonly changes: ChangeFeed
  readonly board: MessageBoard
  readonly streams: StreamBook
  readonly sessions: SessionBook
  readonly views: ViewBook
  readonly triggers: TriggerBook
  readonly responseUrls: ResponseUrls
  readonly files: FileShelf
  readonly tokens: TokenBook
  readonly oauthClient: { readonly clientId: string; readonly clientSecret: string }
  readonly oauthCodes: OauthCodes
  /** Tickets of `apps.connections.open` that no websocket has used yet. */
  readonly socketTickets: Set<string>
  readonly faults: FaultSwitches
  readonly journal: CallJournal
}

/** Bounds and times of a workspace; the defaults are Slack's where Slack has one. */
export interface WorkspaceLimits {
  /** messages kept per channel, default 20,000 */
  readonly messagesPerChannel?: number
  /** Web API calls kept in the journal, default 10,000 */
  readonly calls?: number
  /** a stream without an append for so long is over, default 300,000 */
  readonly streamIdleMs?: number
  /** how long the app may take to answer a delivery, default 3,000 */
  readonly ackMs?: number
  /** how long a trigger id opens a modal, default 3,000 */
  readonly triggerLifeMs?: number
}

export function createState(seed: WorkspaceSeed, now: () => number, limits: WorkspaceLimits): WorkspaceState {
  const directory = new Directory(seed)
  const changes = new ChangeFeed()
  const clock = new MessageClock(now)
  const ids = new IdSequence()
  return {
    seed,
    directory,
    clock,
    ids,
    changes,
    board: new MessageBoard(clock, changes, limits.messagesPerChannel ?? 20_000),
    streams: new StreamBook(limits.streamIdleMs ?? 300_000),
    sessions: new SessionBook(changes),
    views: new ViewBook(ids, changes),
    triggers: new TriggerBook(now, limits.triggerLifeMs),
    responseUrls: new ResponseUrls(now, ids),
    files: new FileShelf(ids),
    tokens: new TokenBook(
      directory.bot.userId,
      seed.botToken ?? defaultSeed.botToken,
      seed.appToken ?? defaultSeed.appToken,
      seed.scopes ?? defaultSeed.scopes,
    ),
    oauthClient: seed.oauth ?? defaultSeed.oauth,
    oauthCodes: new OauthCodes(now, ids),
    socketTickets: new Set(),
    faults: new FaultSwitches(changes),
    journal: new CallJournal(changes, limits.calls ?? 10_000),
  }
}
