import { allowsValue } from './allows-value.ts'
import { stanceOf } from './answers/debate-speech.ts'
import { findCalculation } from './arithmetic.ts'
import { qualityOf, rankOptions } from './choose-option.ts'
import { fieldNamed } from './fields.ts'
import { fractionOf } from './hash-text.ts'
import type { JsonSchema } from './json-schema.ts'
import { numberInRange } from './number-in-range.ts'
import { relevanceOf } from './relevance.ts'
import type { Scene } from './scene.ts'
import { stemsOf } from './words.ts'

/** Rounds after which a loop may end. */
const enoughProgress = 2

/**
 * The option that fits: the one a list is at, the side a persona takes, "done" when enough was done, else the best
 * ranked.
 */
export function chooseEnum(values: readonly unknown[], schema: JsonSchema, scene: Scene): unknown {
  const options = values.filter((value): value is string => typeof value === 'string')
  if (scene.option !== undefined && options.includes(scene.option)) return scene.option
  const numbers = values.filter((value): value is number => typeof value === 'number')
  if (options.length === 0 && numbers.length > 0)
    return numbers[Math.min(numbers.length - 1, Math.floor(placeOf(scene) * numbers.length))]
  if (options.length === 0) return values[0]
  return byProgress(options, scene) ?? byStance(options, scene) ?? byRank(options, schema, scene)
}

export function booleanByName(schema: JsonSchema, scene: Scene): boolean {
  const name = `${scene.name} ${textOf(schema['description'])}`
  const { conversation } = scene
  if (/\b(is_?)?(done|finished|complete[d]?|converged|resolved|enough|stop|achieved)/i.test(scene.name)) {
    return conversation.progress >= enoughProgress
  }
  if (/same|follow_?up|stay|continu|relat|belongs/i.test(scene.name)) return isSameMatter(scene)
  if (/leave|switch|different|off_?topic/i.test(scene.name)) return !isSameMatter(scene)
  if (/error|unsafe|harm|abort|refus|escalat|blocked|clarif|urgent|changed|disagree|dissent/i.test(scene.name))
    return false
  if (/agree|approve|accept|valid|safe|ok\b|correct|relevant|useful|success|pass/i.test(name)) return true
  return fractionOf(conversation.asked + scene.name) < 0.5
}

/**
 * A calculated result where one is asked for, the place in a list for ids and ranks, else a number placed in its range.
 */
export function numberByName(schema: JsonSchema, scene: Scene): number {
  const { name, index } = scene
  const isCounted = /^(id|key|task_?id|rank|place|position|order|index|number)$/i.test(name)
  const isResult = /result|value|answer|total|sum\b|amount/i.test(name)
  const lowest = numberInRange(schema, name, 0)
  const wished = isCounted
    ? [index + 1, lowest + index]
    : isResult
      ? [findCalculation(scene.conversation.asked)?.value]
      : []
  return (
    wished.find((value) => value !== undefined && allowsValue(schema, value))
    ?? numberInRange(schema, name, placeOf(scene))
  )
}

/** 0 to 1: how sure, good or much something is, from how well the text fits; the same text always gives the same. */
function placeOf(scene: Scene): number {
  const { conversation, name } = scene
  const jitter = fractionOf(conversation.asked + name + (scene.option ?? '') + scene.index) * 0.06
  const about = scene.option ?? optionIn(scene) ?? (fieldNamed(name) === 'general' ? undefined : name)
  if (/confiden|certain|score|rating|relevance|match|fit|probab|quality|weight/i.test(name) || about === name) {
    return Math.min(0.97, (about === undefined ? 0.5 + qualityPlace(scene) : relevancePlace(about, scene)) + jitter)
  }
  if (/difficult|complex|effort/i.test(name)) return Math.min(0.9, conversation.asked.length / 800 + jitter)
  return 0.2 + jitter
}

function relevancePlace(option: string, scene: Scene): number {
  const { conversation } = scene
  if (/winner|judge|candidate/i.test(conversation.system)) return 0.4 + qualityPlace(scene)
  const score = relevanceOf(option, '', conversation.asked, stemsOf(conversation.asked))
  const isListed = scene.option !== undefined
  return (isListed ? 0.1 : 0.55) + (isListed ? 0.8 : 0.38) * (score / (score + 4))
}

function qualityPlace(scene: Scene): number {
  const { conversation } = scene
  const text = conversation.background === '' ? conversation.asked : conversation.background
  return 0.45 * qualityOf(text, stemsOf(conversation.asked))
}

function optionIn(scene: Scene): string | undefined {
  for (const [name, value] of scene.siblings) {
    if (
      typeof value === 'string'
      && /specialty|agent|route|topology|choice|option|winner|candidate|category|intent/i.test(name)
    )
      return value
  }
  return undefined
}

function byProgress(options: readonly string[], scene: Scene): string | undefined {
  const done = options.find((option) => /^(done|stop|finish|finished|complete|completed|end)$/i.test(option))
  if (done === undefined) return undefined
  const onward = options.find((option) =>
    /continue|go_?on|more|next|in_?progress|running|open|pending|queued/i.test(option),
  )
  return scene.conversation.progress >= enoughProgress || onward === undefined ? done : onward
}

function byStance(options: readonly string[], scene: Scene): string | undefined {
  if (!/stance|side|position|vote|opinion/i.test(scene.name)) return undefined
  const forIt = options.find((option) => /^(for|pro|yes|support|agree|in[ _-]favou?r)/i.test(option))
  const against = options.find((option) => /^(against|con|no|oppose|disagree|reject)/i.test(option))
  if (forIt === undefined || against === undefined) return undefined
  return stanceOf(scene.conversation).side === 'for' ? forIt : against
}

function byRank(options: readonly string[], schema: JsonSchema, scene: Scene): string | undefined {
  const purpose = `${scene.name} ${textOf(schema['description'])}`
  const ranked = rankOptions(options, scene.conversation, purpose, scene.topic)
  const isSecond = /runner|second|alternative|fallback|backup/i.test(scene.name)
  const taken = isSecond ? new Set(scene.siblings.values()) : new Set()
  return (ranked.find(({ option }) => !taken.has(option)) ?? ranked[0])?.option
}

/** Whether the request goes on with what the thread is about: short, or of the same words or field. */
function isSameMatter(scene: Scene): boolean {
  const { asked, turns } = scene.conversation
  if (turns.length === 0) return false
  const before = stemsOf(turns.map((turn) => turn.text).join(' '))
  const stems = [...stemsOf(asked)]
  return stems.length < 4 || stems.filter((stem) => before.has(stem)).length / stems.length > 0.2
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
