import type { Conversation } from './read-conversation.ts'
import { fractionOf } from './hash-text.ts'
import { isGeneral, relevanceOf } from './relevance.ts'
import { overlapOf, stemsOf } from './words.ts'

/** An option and how well it fits, best first where options come in a list. */
export interface RankedOption {
  readonly option: string
  readonly score: number
}

const maxSectionCharacters = 4_000

/**
 * Ranks the options of a choice. A vote or verdict is decided by what the prompt says under each option's name
 * (longer and nearer to the request is better, tinted by who votes); any other choice by how the request sounds.
 */
export function rankOptions(
  options: readonly string[],
  conversation: Conversation,
  purpose: string,
  topic?: string,
): RankedOption[] {
  const request = topic ?? conversation.asked
  const requestStems = stemsOf(request)
  const isVote = /vote|ballot|winner|prefer|ranking|verdict|choice|favou?r|candidate|approve/i.test(purpose)
  // The request itself says nothing about one option rather than another.
  const sections = sectionsOf(options, conversation.prompt.replace(conversation.asked, ''), isVote)
  const scored = options.map((option, index) => {
    const section = sections.get(option) ?? ''
    const relevance = relevanceOf(option, section, request, requestStems)
    // A tie goes to the option for everything else; among others the first, by a hair.
    const start = (isGeneral(option) ? 0.6 : 0) - index / 1000
    return { option, score: start + (isVote ? voteScore(section, requestStems, option, conversation) : relevance) }
  })
  return scored.sort((one, other) => other.score - one.score)
}

/**
 * What the prompt says under the name of each option: "- name: text", a heading, a tag with the id, a JSON field.
 * @param isLong sections go on until the next option or heading; else to the end of the line and its indented
 * continuation
 */
export function sectionsOf(options: readonly string[], prompt: string, isLong: boolean): Map<string, string> {
  const sections = new Map<string, string>()
  const names = options.map((option) => ({ option, lower: option.toLowerCase() }))
  let current: string | undefined
  for (const line of prompt.split('\n')) {
    const start = line.replace(/^[\s>#*\-•\d.)("'`_[<{]+/, '').toLowerCase()
    const plain = line.toLowerCase()
    const named =
      names.find(({ lower }) => isLabel(start, lower))
      ?? names.find(({ lower }) => plain.includes(`"${lower}"`) || plain.includes(`\`${lower}\``))
    if (named !== undefined) current = named.option
    else if (isLong ? /^\s*(#|<\/|---)/.test(line) : /^\S|^$/.test(line)) current = undefined
    if (current === undefined) continue
    const before = sections.get(current) ?? ''
    if (before.length < maxSectionCharacters) sections.set(current, `${before}\n${line}`)
  }
  return sections
}

function isLabel(start: string, name: string): boolean {
  const rest = start.startsWith(name) ? start.slice(name.length) : labelAfterNoun(start, name)
  return rest !== undefined && (rest === '' || /^(?:["'`*_\]>)]+|\s*(?:[:–—(>]|-\s|$))/.test(rest))
}

/** "candidate A", "option id=A" and the like. */
function labelAfterNoun(start: string, name: string): string | undefined {
  const noun = /^(?:candidate|option|answer|proposal|agent|position|side|solution|task)[\s_-]*(?:id\s*=\s*["']?)?/.exec(
    start,
  )?.[0]
  if (noun === undefined) return undefined
  const rest = start.slice(noun.length)
  return rest.startsWith(name) && !/^[\p{L}\p{N}]/u.test(rest.slice(name.length)) ? rest.slice(name.length) : undefined
}

function voteScore(
  section: string,
  requestStems: ReadonlySet<string>,
  option: string,
  conversation: Conversation,
): number {
  return qualityOf(section, requestStems) + 0.25 * fractionOf(conversation.persona + option)
}

/** How good a text looks from afar: substance, structure and nearness to the request, about 0 to 1. */
export function qualityOf(text: string, requestStems: ReadonlySet<string>): number {
  const stems = stemsOf(text)
  const substance = Math.min(1, stems.size / 60)
  const nearness = requestStems.size === 0 ? 0 : overlapOf(requestStems, stems) / requestStems.size
  const structure = /\n[ \t]*(?:[-*•]|\d+[.)])\s|\|.*\|/.test(text) ? 1 : 0
  return 0.4 * substance + 0.4 * nearness + 0.2 * structure
}

/**
 * The names of options that a prompt lists without the schema saying so: "Candidate A", `id="b1"`, "Option 2:", "A)
 * ...".
 */
export function optionsInPrompt(prompt: string): string[] {
  const patterns = [
    /\b(?:id|candidate|option|name)\s*=\s*["']([\w.-]{1,40})["']/gi,
    /"(?:id|candidate|option|name)"\s*:\s*"([\w .-]{1,60})"/g,
    /^[ \t#*>-]*(?:candidate|option|proposal|answer|solution)\s+([A-Z]|\d{1,2})\b/gim,
    /^[ \t#*>-]*\[?([A-Z])[\]).:]\s+\S/gm,
  ]
  for (const pattern of patterns) {
    const found = [...new Set([...prompt.matchAll(pattern)].map((match) => match[1] ?? ''))]
    if (found.length > 1) return found.slice(0, 20)
  }
  return []
}
