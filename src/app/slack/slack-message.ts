import type { SlackResult } from './slack-calls.ts'

/** A message as conversations.replies and .history give it; missing fields are empty. */
export interface SlackMessage {
  readonly ts: string
  readonly userId: string
  readonly botId: string
  /** The name a bot or persona posts under. */
  readonly postedAs: string
  readonly subtype: string
  /** Everything it says, in Slack's own markup. */
  readonly text: string
  /** True for what was or is being streamed. */
  readonly isStream: boolean
  readonly fileIds: readonly string[]
  /** The step of ours that it carries. */
  readonly step: { readonly runId: string; readonly stepKey: string } | undefined
}

export interface StepMetadata {
  readonly event_type: string
  readonly event_payload: { readonly run_id: string; readonly step_key: string }
}

const stepEvent = 'murmur_step'
const deepestBlocks = 6

/** What every post of a run carries, so that it is found again when its timestamp was lost in a crash. */
export function stepMetadata(runId: string, stepKey: string): StepMetadata {
  return { event_type: stepEvent, event_payload: { run_id: runId, step_key: stepKey } }
}

export function readMessages(result: SlackResult): readonly SlackMessage[] {
  return asObjects(result['messages']).map((message) => ({
    ts: asText(message['ts']),
    userId: asText(message['user']),
    botId: asText(message['bot_id']),
    postedAs: asText(message['username']) || asText(asObject(message['bot_profile'])['name']),
    subtype: asText(message['subtype']),
    text: textOf(message),
    isStream: asText(message['streaming_state']) !== '',
    fileIds: asObjects(message['files']).map((file) => asText(file['id'])),
    step: stepOf(message),
  }))
}

/** Where the next page begins; empty on the last one. */
export function nextCursor(result: SlackResult): string {
  return asText(asObject(result['response_metadata'])['next_cursor'])
}

/** True for what this app posted, also under the name of a persona. */
export function isOwnMessage(
  message: SlackMessage,
  { botUserId, botId }: { botUserId: string; botId?: string | undefined },
): boolean {
  return (botUserId !== '' && message.userId === botUserId) || (botId !== undefined && message.botId === botId)
}

function stepOf(message: SlackResult): SlackMessage['step'] {
  const metadata = asObject(message['metadata'])
  if (metadata['event_type'] !== stepEvent) return undefined
  const payload = asObject(metadata['event_payload'])
  return { runId: asText(payload['run_id']), stepKey: asText(payload['step_key']) }
}

/**
 * Markdown blocks hold the whole of a long post, of which `text` is only the beginning; other blocks speak when there
 * is no text.
 */
function textOf(message: SlackResult): string {
  const blocks = asObjects(message['blocks'])
  const markdown = blocks.filter((block) => block['type'] === 'markdown').map((block) => asText(block['text']))
  if (markdown.length > 0) return markdown.join('\n')
  return (
    asText(message['text']) ||
    blocks
      .map((block) => textInBlock(block, 0))
      .filter((text) => text !== '')
      .join('\n')
  )
}

function textInBlock(block: SlackResult, depth: number): string {
  if (depth > deepestBlocks) return ''
  const own = asText(block['text']) || asText(asObject(block['text'])['text'])
  const inner = [...asObjects(block['elements']), ...asObjects(block['fields'])].map((part) =>
    textInBlock(part, depth + 1),
  )
  const isInline = block['type'] === 'rich_text_section' || block['type'] === 'rich_text_preformatted'
  return [own, ...inner].filter((text) => text !== '').join(isInline ? '' : '\n')
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function asObject(value: unknown): SlackResult {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function asObjects(value: unknown): readonly SlackResult[] {
  return Array.isArray(value) ? value.map(asObject) : []
}
