/** Parts a word from what would make it work; invisible, and no blank for those who read aloud or copy. */
export const breaker = '\u200B'

const entityOf: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/**
 * Text that stays text in Slack's Markdown: no tag, no mention, no `@channel`. `&` is left alone there: Slack decodes
 * an entity for display without reading the result again, and inside an address it would not be decoded (measured in
 * https://github.com/PostHog/posthog/pull/95054).
 */
export function escapeAngles(text: string): string {
  return breakMassMentions(text.replace(/[<>]/g, (sign) => entityOf[sign] ?? sign))
}

/**
 * The same for mrkdwn, whose three control characters are all escaped
 * (https://docs.slack.dev/messaging/formatting-message-text).
 */
export function escapeMrkdwn(text: string): string {
  return breakMassMentions(text.replace(/[&<>]/g, (sign) => entityOf[sign] ?? sign))
}

/** Also keeps brackets from joining into a link or a link definition. */
export function escapeInline(text: string): string {
  return escapeAngles(text).replace(/\](?=[(:[])/g, `]${breaker}`)
}

export function breakMassMentions(text: string): string {
  return text.replace(/@(?=(?:channel|here|everyone)(?![A-Za-z0-9_]))/gi, `@${breaker}`)
}
