import type { JsonSchema } from './json-schema.ts'

interface Range {
  readonly low: number
  readonly high: number
}

/**
 * A number that a schema allows, at a place in its range.
 * @param place 0 for the lowest, 1 for the highest
 */
export function numberInRange(schema: JsonSchema, name: string, place: number): number {
  const { low, high } = rangeOf(schema, name)
  const step = typeof schema['multipleOf'] === 'number' ? schema['multipleOf'] : schema['type'] === 'integer' ? 1 : 0
  const value = low + (high - low) * place
  if (step > 0) {
    const first = Math.ceil(low / step) * step
    const last = Math.floor(high / step) * step
    return clean(Math.min(last, Math.max(first, Math.round(value / step) * step)))
  }
  const rounded = Math.round(value * 100) / 100
  return Math.min(high, Math.max(low, rounded))
}

/** What the keywords say, else what the description says ("0 to 10", "1-5"), else what the name makes likely. */
function rangeOf(schema: JsonSchema, name: string): Range {
  const description = typeof schema['description'] === 'string' ? schema['description'] : ''
  const spoken = /(-?\d+(?:\.\d+)?)\s*(?:to|-|–|\.\.|and)\s*(-?\d+(?:\.\d+)?)/.exec(description)
  const likely = spoken === null ? likelyRange(name) : { low: Number(spoken[1]), high: Number(spoken[2]) }
  const isInteger = schema['type'] === 'integer'
  const low = bound(schema['minimum'], schema['exclusiveMinimum'], isInteger ? 1 : 0.01)
  const high = bound(schema['maximum'], schema['exclusiveMaximum'], isInteger ? -1 : -0.01)
  if (low !== undefined && high !== undefined) return { low, high: Math.max(low, high) }
  if (low !== undefined) return { low, high: likely.high > low ? likely.high : low + 10 }
  if (high !== undefined) return { low: likely.low < high ? likely.low : high - 10, high }
  return likely.high < likely.low ? { low: likely.high, high: likely.low } : likely
}

function bound(inclusive: unknown, exclusive: unknown, inside: number): number | undefined {
  const open = typeof exclusive === 'number' ? exclusive + inside : undefined
  if (typeof inclusive !== 'number') return open
  if (open === undefined) return inclusive
  return inside > 0 ? Math.max(inclusive, open) : Math.min(inclusive, open)
}

function likelyRange(name: string): Range {
  if (/confidence|probab|weight|ratio|share|relevance|similarity|temperature|agreement/i.test(name))
    return { low: 0, high: 1 }
  if (/percent/i.test(name)) return { low: 0, high: 100 }
  if (/minutes|hours|days/i.test(name)) return { low: 1, high: 8 }
  if (/score|rating|quality|points/i.test(name)) return { low: 0, high: 10 }
  if (/cost|price|usd/i.test(name)) return { low: 0, high: 0.1 }
  return { low: 1, high: 10 }
}

/** Takes the noise of binary fractions away: 0.30000000000000004 is no multiple of 0.1. */
function clean(value: number): number {
  return Number(value.toPrecision(12))
}
