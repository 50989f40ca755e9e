import type { JsonSchema } from './json-schema.ts'
import { schemasIn } from './json-schema.ts'

/** Whether a schema allows a text, number, boolean or null. References are not followed: resolve the schema first. */
export function allowsValue(schema: JsonSchema, value: unknown): boolean {
  if ('const' in schema) return schema['const'] === value
  if (Array.isArray(schema['enum'])) return schema['enum'].includes(value)
  const branches = [...schemasIn(schema['anyOf']), ...schemasIn(schema['oneOf'])]
  if (branches.length > 0) return branches.some((branch) => allowsValue(branch, value))
  if (!isOfType(schema['type'], value)) return false
  if (typeof value === 'string') return allowsText(schema, value)
  return typeof value !== 'number' || allowsNumber(schema, value)
}

function isOfType(type: unknown, value: unknown): boolean {
  const types: unknown[] = Array.isArray(type) ? type : type === undefined ? [] : [type]
  if (types.length === 0) return true
  return types.some((one) =>
    one === 'integer' ? Number.isInteger(value) : one === 'null' ? value === null : one === typeof value,
  )
}

function allowsText(schema: JsonSchema, text: string): boolean {
  const { minLength, maxLength, pattern, format } = schema
  // Of the formats only addresses are found in texts; the others are made.
  if (typeof format === 'string' && !(/^ur[il]$/.test(format) && URL.canParse(text))) return false
  if (typeof minLength === 'number' && text.length < minLength) return false
  if (typeof maxLength === 'number' && text.length > maxLength) return false
  return typeof pattern !== 'string' || matchesPattern(pattern, text)
}

function allowsNumber(schema: JsonSchema, value: number): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  if (typeof minimum === 'number' && value < minimum) return false
  if (typeof maximum === 'number' && value > maximum) return false
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) return false
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return false
  return typeof multipleOf !== 'number' || Number.isInteger(value / multipleOf)
}

/** A pattern that is no regular expression cannot be kept to, so it does not count. */
export function matchesPattern(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return true
  }
}
