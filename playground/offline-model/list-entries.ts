import { optionsInPrompt, rankOptions } from './choose-option.ts'
import type { JsonSchema } from './json-schema.ts'
import { namedSchemasIn } from './json-schema.ts'
import { keywordsOf } from './keywords.ts'
import { linesPattern } from './lines-pattern.ts'
import { planTopics } from './plan-topics.ts'
import { relevanceOf } from './relevance.ts'
import type { ListEntry, Scene } from './scene.ts'
import { stemsOf } from './words.ts'

const enoughProgress = 2
const planNames = /tasks?|steps?|plan|milestone|segment|assignment|to_?dos?|actions?|work_?items|phases|parts/i
const pointNames = linesPattern(
  String.raw`
    pros|cons|argument|point|strength|weakness|risk|evidence|reason|idea|suggestion|finding|insight|question|
    rebuttal|lesson|alternative
  `,
  'i',
)

/** What a list should hold, by its name and the type of its items. The caller cuts or fills to the schema's bounds. */
export function listEntries(schema: JsonSchema, items: JsonSchema, scene: Scene): ListEntry[] {
  const { name, conversation } = scene
  if (Array.isArray(items['enum'])) return chosenOptions(items['enum'], schema, scene)
  if (/depend|^after$|requires|blocked_?by|prerequisite|^needs$/i.test(name)) return dependencies(items, scene)
  if (/error|warning|missing|conflict|exclude|remove|delete/i.test(name)) return []
  if (/url|link|source|citation|reference/i.test(name)) return urlsIn(items, conversation.prompt)
  if (/rank|order|ballot|preference|priorit/i.test(name) && items['type'] === 'string')
    return values(rankedOptions(scene))
  if (/^(new|next|more|additional|follow_?up|created?)/i.test(name) && conversation.progress >= enoughProgress)
    return []
  if (planNames.test(name)) return planTopics(conversation).map((topic) => ({ topic }))
  if (/keyword|tag|topic|entit|capabilit|label/i.test(name)) return topics(conversation.asked, 4)
  if (/tool/i.test(name)) return []
  if (pointNames.test(name)) return topics(conversation.asked, 3)
  return topics(conversation.asked, 2)
}

/** One entry for each option, best first, where the items of a list rate or rank options; else undefined. */
export function ballotEntries(
  items: JsonSchema,
  scene: Scene,
  resolve: (schema: JsonSchema) => JsonSchema,
): ListEntry[] | undefined {
  const properties = namedSchemasIn(items['properties']).map(([name, child]) => [name, resolve(child)] as const)
  const rated = properties.some(
    ([name, child]) =>
      /score|rating|points|rank|relevance|weight|fit|correctness|quality/i.test(name)
      && (child['type'] === 'number' || child['type'] === 'integer'),
  )
  const identity = properties.find(
    ([name, child]) =>
      /^(id|key|candidate|option|agent|answer|name|label|specialty|choice|topology)/i.test(name)
      && (Array.isArray(child['enum']) || child['type'] === 'string'),
  )
  if (!rated || identity === undefined) return undefined
  const listed = identity[1]['enum']
  const options = Array.isArray(listed) ? listed.map(String) : optionsInPrompt(scene.conversation.prompt)
  if (options.length === 0) return undefined
  return rankOptions(options, scene.conversation, scene.name).map(({ option }) => ({ option }))
}

/** Options that the place of a scene is about: those of the prompt, else key words. */
export function optionsFor(scene: Scene): string[] {
  const found = optionsInPrompt(scene.conversation.prompt)
  return found.length > 0 ? found : keywordsOf(scene.conversation.asked, 3)
}

/** All options in order of preference for a ranking, else only those that fit, one to three. */
function chosenOptions(listed: readonly unknown[], schema: JsonSchema, scene: Scene): ListEntry[] {
  const options = listed.filter((option): option is string => typeof option === 'string')
  if (options.length === 0) return values(listed.slice(0, 1))
  const ranked = rankOptions(options, scene.conversation, scene.name, scene.topic).map(({ option }) => option)
  if (/rank|order|preference|priorit|ballot/i.test(scene.name) || schema['minItems'] === options.length)
    return values(ranked)
  const stems = stemsOf(scene.conversation.asked)
  const fitting = ranked.filter((option) => relevanceOf(option, '', scene.conversation.asked, stems) > 0)
  const least =
    typeof schema['minItems'] === 'number' ? schema['minItems'] : /team|agent|specialt|member/i.test(scene.name) ? 2 : 1
  if (/tool/i.test(scene.name)) return values(fitting)
  return values(ranked.slice(0, Math.max(least, Math.min(3, fitting.length))))
}

/**
 * The last task waits for all before it, the ones before for none: work that can go on side by side does, and there
 * is never a cycle, because a task only waits for tasks that come earlier in the list.
 */
function dependencies(items: JsonSchema, scene: Scene): ListEntry[] {
  const isLast = scene.count !== undefined && scene.index === scene.count - 1
  if (!isLast) return []
  if (items['type'] === 'string') return values(scene.ids.map(String))
  if (items['type'] !== 'integer' && items['type'] !== 'number') return []
  // Without numbers for ids, a number can only mean the place in the list.
  return values(
    scene.ids.every((id) => typeof id === 'number') && scene.ids.length > 0
      ? scene.ids
      : Array.from({ length: scene.index }, (_, place) => place),
  )
}

function rankedOptions(scene: Scene): string[] {
  const options = optionsInPrompt(scene.conversation.prompt)
  const ids = [...new Set(scene.conversation.prompt.match(/\b(?:task|t|step|item)-?\d{1,3}\b/gi) ?? [])]
  return options.length > 0 ? rankOptions(options, scene.conversation, scene.name).map(({ option }) => option) : ids
}

function urlsIn(items: JsonSchema, text: string): ListEntry[] {
  const found = [...new Set(text.match(/https?:\/\/[^\s<>|")\]]+/g) ?? [])].slice(0, 5)
  return items['type'] === 'string' && !('pattern' in items) ? values(found) : found.map((topic) => ({ topic }))
}

function topics(text: string, count: number): ListEntry[] {
  return keywordsOf(text, count).map((topic) => ({ topic }))
}

function values(list: readonly unknown[]): ListEntry[] {
  return list.map((value) => ({ value }))
}
