import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { MurmurError } from '../errors.ts'

const maxProblems = 20
const maxFound = 80

/**
 * Reads a configuration file.
 * @throws {MurmurError} MUR_CONFIG_INVALID when it is there and cannot be read
 */
export async function readConfigText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'none'
    throw invalidConfig([`${file}: wanted a readable file, found ${code}`], cause)
  }
}

/**
 * Checks the text of a configuration file.
 * @param file as it is called in messages
 * @throws {MurmurError} MUR_CONFIG_INVALID naming file, path, wanted and found of the first 20 things that are wrong
 */
export function parseConfig<T>(schema: z.ZodType<T>, text: string, file: string): T {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw invalidConfig([`${file}: wanted JSON, found ${String(cause)}`], cause)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw invalidConfig(parsed.error.issues.map((issue) => describeIssue(file, json, issue)))
}

/** One error for all that is wrong with a file; each problem a line. */
export function invalidConfig(problems: readonly string[], cause?: unknown): MurmurError {
  return new MurmurError('MUR_CONFIG_INVALID', { problems: problems.slice(0, maxProblems).join('\n') }, { cause })
}

function describeIssue(file: string, json: unknown, issue: z.core.$ZodIssue): string {
  const path = issue.path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
  return `${file}: ${path || 'the file'}: wanted ${wantedBy(issue)}, found ${foundAt(json, issue)}`
}

function wantedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected
    case 'invalid_value':
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'too_small':
      return `at least ${String(issue.minimum)}${sizeUnit(issue.origin)}`
    case 'too_big':
      return `at most ${String(issue.maximum)}${sizeUnit(issue.origin)}`
    case 'invalid_format':
      return issue.format === 'regex' ? issue.message : `a ${issue.format}`
    case 'invalid_union':
      return 'a number of 0 or more, or "unknown"'
    case 'unrecognized_keys':
      return 'only known fields'
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
      return issue.message
  }
}

function sizeUnit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : ''
}

function foundAt(json: unknown, issue: z.core.$ZodIssue): string {
  // Whoever takes it for the place of the key itself must not find the key in the log.
  if (issue.path.at(-1) === 'apiKeyEnv') return 'something else'
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `"${key}"`).join(', ')
  let value = json
  for (const key of issue.path)
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, maxFound)
}
