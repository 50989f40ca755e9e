import { z } from 'zod'
import type { Request, RequestFile, Surface, WorkspaceId } from '../../storage/records.ts'
import { readSlackText } from './readable-text.ts'

/** Why an event starts no run. */
export type NotARequest = 'malformed' | 'other_event' | 'bot' | 'own' | 'edit' | 'subtype' | 'not_addressed'

export type ReadRequest =
  | {
      readonly ok: true
      readonly request: Request
      /**
       * Whichever of them was seen before, this is the same request: retries share the first, the twins of one
       * message the second.
       */
      readonly dedupeKeys: readonly string[]
    }
  | { readonly ok: false; readonly why: NotARequest }

export interface ReaderIdentity {
  /** Empty when Slack has not said it yet; then the event has to. */
  readonly botUserId: string
  readonly botId?: string
  /** Taken for events that name no workspace. */
  readonly teamId?: string
}

const mostFiles = 20
const id = z.string().min(1).max(64)
const timestamp = z.string().regex(/^\d{1,16}(?:\.\d{1,9})?$/)

const fileSchema = z.object({
  id,
  name: z.string().nullish(),
  mimetype: z.string().nullish(),
  size: z.number().int().nonnegative().nullish(),
  mode: z.string().nullish(),
})

const eventSchema = z.object({
  type: z.string(),
  subtype: z.string().nullish(),
  channel: id.nullish(),
  channel_type: z.string().nullish(),
  user: id.nullish(),
  team: id.nullish(),
  bot_id: z.string().nullish(),
  text: z.string().nullish(),
  ts: timestamp.nullish(),
  thread_ts: timestamp.nullish(),
  files: z.array(z.unknown()).nullish(),
})
type SlackEvent = z.infer<typeof eventSchema>

const envelopeSchema = z.object({
  event_id: id.nullish(),
  team_id: id.nullish(),
  context_team_id: id.nullish(),
  authorizations: z.array(z.object({ team_id: id.nullish(), user_id: id.nullish() })).nullish(),
  event: eventSchema,
})
type Envelope = z.infer<typeof envelopeSchema>

/** Messages of a person all the same: with a file, or also sent to the channel. */
const personalSubtypes = new Set(['file_share', 'thread_broadcast'])
const editSubtypes = new Set(['message_changed', 'message_deleted', 'message_replied'])

/**
 * Reads an Events API payload, untrusted, into a request: a mention, or a direct message.
 * A message in a channel counts when it names the bot; its `app_mention` twin has the same dedupe key.
 */
export function readRequest(payload: unknown, identity: ReaderIdentity): ReadRequest {
  const parsed = envelopeSchema.safeParse(payload)
  if (!parsed.success) return { ok: false, why: 'malformed' }
  const { event } = parsed.data
  const known = { ...identity, botUserId: identity.botUserId || botNamedBy(parsed.data) }
  const why = reasonToIgnore(event, known)
  return why === undefined ? buildRequest(parsed.data, known) : { ok: false, why }
}

/** Slack says for whom it delivers; a mention's own text says it too, as it begins with us or names only us. */
function botNamedBy({ authorizations, event }: Envelope): string {
  const mentioned = event.type === 'app_mention' ? /<@([A-Z0-9]{2,30})(?:\||>)/.exec(event.text ?? '')?.[1] : undefined
  return authorizations?.[0]?.user_id ?? mentioned ?? ''
}

function reasonToIgnore(event: SlackEvent, { botUserId, botId }: ReaderIdentity): NotARequest | undefined {
  if (event.type !== 'app_mention' && event.type !== 'message') return 'other_event'
  if (event.user === botUserId || (event.bot_id && event.bot_id === botId)) return 'own'
  if (event.bot_id || event.subtype === 'bot_message' || event.user === 'USLACKBOT') return 'bot'
  if (event.subtype && editSubtypes.has(event.subtype)) return 'edit'
  if (event.subtype && !personalSubtypes.has(event.subtype)) return 'subtype'
  return undefined
}

function buildRequest(envelope: Envelope, { botUserId, teamId }: ReaderIdentity): ReadRequest {
  const { event } = envelope
  const workspaceId = envelope.authorizations?.[0]?.team_id ?? envelope.context_team_id ?? envelope.team_id ?? teamId ?? event.team
  const { channel, user, ts } = event
  if (!workspaceId || !channel || !user || !ts) return { ok: false, why: 'malformed' }
  const { text, mentions, namesBot } = readSlackText(event.text ?? '', botUserId)
  const surface = surfaceOf(event, namesBot)
  if (surface === undefined) return { ok: false, why: 'not_addressed' }
  const threadId = event.thread_ts ?? ts
  const request: Request = {
    workspaceId: workspaceId as WorkspaceId,
    surface,
    channelId: channel,
    userId: user,
    messageId: ts,
    threadId,
    text,
    files: readFiles(event.files ?? []),
    mentionable: mentions,
    isReply: threadId !== ts,
  }
  return { ok: true, request, dedupeKeys: [...(envelope.event_id ? [`event:${envelope.event_id}`] : []), `message:${channel}:${ts}`] }
}

function surfaceOf(event: SlackEvent, namesBot: boolean): Surface | undefined {
  if (event.channel_type === 'im' || (!event.channel_type && event.channel?.startsWith('D'))) return 'direct'
  return event.type === 'app_mention' || namesBot ? 'mention' : undefined
}

/** Files that are gone or hidden (`tombstone`, `hidden_by_limit`) can't be read and are left out. */
function readFiles(files: readonly unknown[]): readonly RequestFile[] {
  return files.slice(0, mostFiles).flatMap((value) => {
    const file = fileSchema.safeParse(value)
    if (!file.success || file.data.mode === 'tombstone' || file.data.mode === 'hidden_by_limit') return []
    const { name, mimetype, size } = file.data
    return [
      {
        id: file.data.id,
        name: (name ?? 'file').slice(0, 255),
        mimeType: mimetype ?? 'application/octet-stream',
        sizeBytes: size ?? 0,
      },
    ]
  })
}
