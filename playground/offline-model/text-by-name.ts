import { matchesPattern } from './allows-value.ts'
import { debateArgument, debateVerdict, stanceOf } from './answers/debate-speech.ts'
import { summarise } from './answers/thread-summary.ts'
import { findCalculation } from './arithmetic.ts'
import { optionsInPrompt, rankOptions } from './choose-option.ts'
import { composeText } from './compose-text.ts'
import { guidanceFrom } from './guidance.ts'
import { hashText } from './hash-text.ts'
import type { JsonSchema } from './json-schema.ts'
import { keywordsOf } from './keywords.ts'
import { capitalised, clipped, listed } from './phrases.ts'
import type { Scene } from './scene.ts'
import { stringForPattern } from './string-for-pattern.ts'
import { subjectOf } from './subject.ts'

type Maker = (scene: Scene, schema: JsonSchema) => string

/** Text for a property, by its name; the first row that fits counts. */
const makers: readonly (readonly [RegExp, Maker])[] = [
  [/^(id|key|task_?id)$|_id$|Id$/, identifier],
  [/reason|rationale|why|explanation|justification|because/i, reason],
  [/position|stance/i, (scene) => stanceOf(scene.conversation).claim],
  [/argument|rebuttal|statement|speech|claim|case/i, (scene) => debateArgument(scene.conversation)],
  [/verdict|conclusion|decision|consensus/i, (scene) => debateVerdict(scene.conversation)],
  [
    /dissent|minority|objection/i,
    (scene) => `Not everyone is convinced about ${subjectOf(scene.conversation.asked)}: cost and timing remain open.`,
  ],
  [/winner|vote|choice|candidate|selected|preferred/i, chosenInPrompt],
  [/guidance|instruction|rule|lesson/i, (scene) => guidanceFrom(feedbackIn(scene))],
  [/would_?change/i, (scene) => `A cost of ${subjectOf(scene.conversation.asked)} that nobody has named here, or a trial that goes badly.`],
  [/change|improvement|adjustment|diff/i, (scene) => `From now on: ${lowerFirst(guidanceFrom(feedbackIn(scene)))}`],
  [/summary|abstract|tl_?dr|gist|overview/i, (scene) => summarise(scene.conversation, 3)],
  [/title|headline|subject|label/i, (scene) => scene.topic ?? capitalised(subjectOf(scene.conversation.asked))],
  [/query|search|keywords/i, (scene) => keywordsOf(scene.conversation.asked, 6).join(' ')],
  [/expression|formula/i, (scene) => scene.conversation.asked],
  [/language|locale/i, () => 'en'],
  [/time_?zone/i, () => 'UTC'],
  [
    /url|link|uri|href|source/i,
    (scene) => addressIn(scene.topic ?? '') ?? addressIn(scene.conversation.prompt) ?? 'https://example.com/',
  ],
  [/specialty|agent|assignee|owner|role/i, (scene) => optionsInPrompt(scene.conversation.prompt)[0] ?? 'generalist'],
  [/name/i, (scene) => clipped(scene.topic ?? capitalised(keywordsOf(scene.conversation.asked, 2).join(' ')), 60)],
  [/question|clarif/i, (scene) => `What matters most about ${scene.topic ?? subjectOf(scene.conversation.asked)}?`],
  [
    /goal|objective|task|request|topic|description|instructions|step|action|milestone/i,
    (scene) => scene.topic ?? clipped(scene.conversation.asked, 400),
  ],
  [/risk|cons|weakness/i, (scene) => `It is not yet clear what ${about(scene)} costs in time and attention.`],
  [/pros|strength|benefit/i, (scene) => `It deals with ${about(scene)} directly.`],
  [
    /feedback|critique|comment|suggestion|note|finding|insight|evidence|point|idea/i,
    (scene) => `On ${about(scene)}: say what is known, what is assumed and what to check next.`,
  ],
  [
    /answer|text|content|message|response|output|draft|markdown|reply|result|body|solution|proposal/i,
    (scene) => composeText(topicOf(scene)),
  ],
]

/** A text that the schema allows: made by name, then fitted to format, pattern and lengths. */
export function textByName(schema: JsonSchema, scene: Scene): string {
  const formatted = byFormat(schema, scene)
  const made = formatted ?? (makers.find(([names]) => names.test(scene.name))?.[1] ?? plain)(scene, schema)
  return fitted(made, schema)
}

function byFormat(schema: JsonSchema, scene: Scene): string | undefined {
  const day = new Date(scene.conversation.nowMs + (scene.index + 1) * 86_400_000).toISOString()
  switch (schema['format']) {
    case 'date-time':
      return day
    case 'date':
      return day.slice(0, 10)
    case 'time':
      return day.slice(11, 19) + 'Z'
    case 'duration':
      return 'P1D'
    case 'email':
      return 'someone@example.com'
    case 'hostname':
      return 'example.com'
    case 'ipv4':
      return '192.0.2.1'
    case 'ipv6':
      return '2001:db8::1'
    case 'uuid':
      return `00000000-0000-4000-8000-${hashText(scene.conversation.asked + scene.name + scene.index)
        .toString(16)
        .padStart(12, '0')}`
    case 'uri':
    case 'url':
      return addressIn(scene.topic ?? '') ?? addressIn(scene.conversation.prompt) ?? 'https://example.com/'
    default:
      return undefined
  }
}

function fitted(text: string, schema: JsonSchema): string {
  const { pattern, minLength, maxLength } = schema
  let fits = typeof maxLength === 'number' ? clipped(text, Math.max(1, maxLength)).slice(0, maxLength) : text
  if (typeof minLength === 'number' && fits.length < minLength) fits = fits.padEnd(minLength, '.')
  if (typeof pattern !== 'string' || matchesPattern(pattern, fits)) return fits
  const slug = fits
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return (
    [slug, slug.replaceAll('-', '_'), slug.split('-')[0] ?? ''].find(
      (one) => one !== '' && matchesPattern(pattern, one),
    )
    ?? stringForPattern(pattern)
    ?? fits
  )
}

/**
 * Like the example in the description, else after the list ("tasks" gives task-1), counted on from ids in the prompt.
 */
function identifier(scene: Scene, schema: JsonSchema): string {
  if (scene.option !== undefined) return scene.option
  const description = typeof schema['description'] === 'string' ? schema['description'] : ''
  const example = /\b(?:e\.g\.|like|such as|for example),?\s*["'`]?([A-Za-z]+[-_]?)\d+/.exec(description)?.[1]
  const prefix =
    example
    ?? `${
      (scene.parent ?? '')
        .replace(/^(new|next)_?/i, '')
        .replace(/s$/, '')
        .toLowerCase() || 'item'
    }-`
  let highest = 0
  for (const match of scene.conversation.prompt.matchAll(new RegExp(`\\b${prefix}(\\d{1,4})\\b`, 'gi'))) {
    highest = Math.max(highest, Number(match[1]))
  }
  return `${prefix}${highest + scene.index + 1}`
}

function reason(scene: Scene): string {
  const words = listed(keywordsOf(scene.topic ?? scene.conversation.asked, 3))
  const chosen =
    scene.option ?? [...scene.siblings.values()].find((value) => typeof value === 'string' && value.length < 60)
  if (words === '' && typeof chosen === 'string' && findCalculation(scene.conversation.asked) !== undefined) {
    return `There is something to calculate, which fits ${chosen} best.`
  }
  if (words === '') return 'Nothing in the text points elsewhere.'
  return typeof chosen === 'string'
    ? `The text is about ${words}, which fits ${chosen} best.`
    : `The text is about ${words}.`
}

function chosenInPrompt(scene: Scene): string {
  if (scene.option !== undefined) return scene.option
  return rankOptions(optionsInPrompt(scene.conversation.prompt), scene.conversation, 'winner')[0]?.option ?? 'A'
}

function plain(scene: Scene): string {
  if (scene.option !== undefined) return scene.option
  return scene.topic ?? capitalised(subjectOf(scene.conversation.asked))
}

function addressIn(text: string): string | undefined {
  return /https?:\/\/[^\s<>|"')\]]+/.exec(text)?.[0]
}

/** What a person said about an answer, where the prompt marks it; else the request. */
function feedbackIn(scene: Scene): string {
  const { prompt, asked } = scene.conversation
  return (
    /<feedback[^>]*>([\s\S]*?)<\/feedback>/i.exec(prompt)?.[1]
    ?? /"feedback"\s*:\s*"((?:[^"\\]|\\.)+)"/.exec(prompt)?.[1]
    ?? /^[#* \t]*(?:\w+ )?(?:feedback|improvement|wish)\**:\**\s*(\S[^\n]*)/im.exec(prompt)?.[1]
    ?? asked
  )
}

function about(scene: Scene): string {
  return scene.topic ?? subjectOf(scene.conversation.asked)
}

function topicOf(scene: Scene): Scene['conversation'] {
  return scene.topic === undefined ? scene.conversation : { ...scene.conversation, asked: scene.topic }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
