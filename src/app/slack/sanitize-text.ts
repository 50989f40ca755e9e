import { createCharacterStage } from './clean-characters.ts'
import { breakMassMentions, escapeMrkdwn } from './escape-text.ts'
import { MarkupStage } from './markup-stage.ts'
import { createSecretStage } from './redact-secrets.ts'
import { chainStages } from './text-stage.ts'
import type { TextStage } from './text-stage.ts'

export interface SanitizeOptions {
  /** Ids of the people and channels that may be named. */
  readonly mentionable?: Iterable<string>
}

/**
 * Makes what a model or a person wrote safe to show through Slack's Markdown (`markdown_text`, `markdown` block):
 * nobody is called who is not in `mentionable`, no markup reaches Slack but Markdown, links lead where they say and
 * to http, https or mailto only, images become links, keys and tokens become `[redacted]`, invisible characters go,
 * an open code fence is closed.
 */
export function sanitizeText(text: string, options: SanitizeOptions = {}): string {
  const stage = createTextSanitizer(options)
  return stage.push(text) + stage.end()
}

/**
 * The same for a text that still grows: the pieces it gives out, joined, are `sanitizeText` of the whole,
 * so what was shown never has to be taken back. Unfinished words, links, mentions and keys wait for their rest.
 */
export function createTextSanitizer({ mentionable = [] }: SanitizeOptions = {}): TextStage {
  return chainStages(createCharacterStage(), createSecretStage(), new MarkupStage(mentionable))
}

/** The same for a field that Slack reads as mrkdwn: nothing in it is markup but the mentions allowed. */
export function sanitizeMrkdwn(text: string, { mentionable = [] }: SanitizeOptions = {}): string {
  const allowed = new Set(mentionable)
  const stage = chainStages(createCharacterStage(), createSecretStage())
  const clean = stage.push(text) + stage.end()
  const parts = clean.split(/(<[@#][A-Z0-9]{1,24}(?:\|[^<>|\n]{0,80})?>)/)
  const shown = parts.map((part, index) => {
    const [, sign, id] = index % 2 === 1 ? (/^<([@#])([A-Z0-9]+)/.exec(part) ?? []) : []
    return id !== undefined && allowed.has(id) ? `<${sign}${id}>` : escapeMrkdwn(part)
  })
  return breakMassMentions(shown.join(''))
}

/** The same for a field that Slack shows as it is, without markup of any kind: a title, a line of a form. */
export function sanitizePlain(text: string): string {
  const stage = chainStages(createCharacterStage(), createSecretStage())
  return breakMassMentions(stage.push(text) + stage.end())
}
