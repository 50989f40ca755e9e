import type { SwarmWish } from '../../storage/records.ts'
import { memberBounds, roundBounds } from './swarm-bounds.ts'
import type { TopologyName } from './topology.ts'

const numberWords = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'] as const
const count = `(?<count>\\d{1,3}|${numberWords.join('|')})`
const polite = String.raw`(?:(?:please|hey|hi|hello|ok|okay|so|now)[,!]?\s+)*(?:(?:can|could|would|will) you\s+(?:please\s+)?|i(?:'d| would) like you to\s+|i want you to\s+|let's\s+)?(?:please\s+)?`
const several = `(?:a (?:team|group|swarm|panel) of\\s+)?(?:${count}|several|multiple|a few|some|your)\\s+(?:of your\\s+)?(?:different\\s+)?(?:ai\\s+)?(?:agents|specialists|experts)`

const roundsPattern = new RegExp(`\\b(?:in|over|for|with)\\s+(?<rounds>\\d{1,2}|one|${numberWords.join('|')})\\s+rounds?\\b`, 'i')
const topologyOfNoun = { debate: 'debate', competition: 'compete', collaboration: 'collaborate', 'particle swarm': 'particle', swarm: undefined } as const

/** What people say for each form. */
const verbs: readonly (readonly [pattern: string, topology: TopologyName | undefined])[] = [
  [String.raw`debate|argue(?:\s+(?:about|over))?|hold a debate(?:\s+(?:on|about|over))?`, 'debate'],
  [String.raw`compete(?:\s+(?:on|for|over|to))?`, 'compete'],
  [String.raw`collaborate(?:\s+(?:on|to))?|vote(?:\s+on)?|find a consensus(?:\s+on)?|work together(?:\s+(?:on|to))?|decide together(?:\s+on)?`, 'collaborate'],
  [String.raw`split(?:\s+up)?(?=\s+the work)`, 'plan'],
  [String.raw`work(?:\s+on)?|brainstorm(?:\s+(?:on|about))?|tackle|look at|think about`, undefined],
]
const forms: readonly (readonly [pattern: RegExp, topology: TopologyName | undefined])[] = [
  // "have three agents debate whether ...", "let 5 agents compete on ..."
  ...verbs.map(([verb, topology]) => [anchored(`(?:have|let|get|ask|make)\\s+${several}\\s+(?:to\\s+)?(?:${verb})\\b`), topology] as const),
  // "start a debate among three agents about ...", "run a swarm of 5 agents on ...", "start a swarm for ..."
  ...(['debate', 'competition', 'collaboration', 'particle swarm', 'swarm'] as const).map((noun) => {
    const among = `\\s+(?:of|among|between|with)\\s+${several}`
    const on = String.raw`\s+(?:on|about|over|for|to|that)`
    return [anchored(`(?:start|run|open|hold|launch|set up)\\s+an?\\s+${noun}${noun.endsWith('swarm') ? `(?:${among})?` : among}(?:${on}\\b|\\s*:)`), topologyOfNoun[noun]] as const
  }),
]

/** Words that could be a wish at all; most requests have none of them. */
const hint = /\b(?:agents|specialists|experts|swarm)\b/i
const maxReadChars = 4_000
const leastObjectiveChars = 8

/**
 * Reads a wish for several agents out of a request in words, such as "have three agents debate whether we need an office".
 * It must stand at the beginning and leave an objective; requests that only speak of agents are none.
 * @returns undefined for an ordinary request
 */
export function readSwarmWish(text: string): SwarmWish | undefined {
  const said = text.slice(0, maxReadChars).trim()
  if (!hint.test(said.slice(0, 200))) return undefined
  for (const [pattern, topology] of forms) {
    const found = pattern.exec(said)
    if (!found) continue
    const objective = text.trim().slice(found[0].length).replace(/^[\s:,.;-]+/, '').trim()
    if (objective.length < leastObjectiveChars) return undefined
    const agents = readCount(found.groups?.['count'], memberBounds)
    const rounds = readCount(roundsPattern.exec(said)?.groups?.['rounds'], roundBounds)
    return { objective, ...(topology ? { topology } : {}), ...(agents === undefined ? {} : { agents }), ...(rounds === undefined ? {} : { rounds }) }
  }
  return undefined
}

function anchored(pattern: string): RegExp {
  return new RegExp(`^${polite}${pattern}`, 'i')
}

/** More than there may be is the most there may be. */
function readCount(found: string | undefined, { least, most }: { readonly least: number; readonly most: number }): number | undefined {
  if (found === undefined) return undefined
  const word = found.toLowerCase()
  const number = /^\d/.test(word) ? Number(word) : word === 'one' ? 1 : numberWords.findIndex((known) => known === word) + 2
  return Math.min(most, Math.max(least, number))
}
