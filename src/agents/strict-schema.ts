import { MurmurError } from '../errors.ts'
import type { JsonSchema } from './chat-model.ts'

/**
 * Left out: what strict structured outputs refuse, or what says nothing to a model. The answer is validated in full
 * anyway.
 */
const dropped: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  'default',
  'examples',
  'minLength',
  'maxLength',
  'propertyNames',
  'uniqueItems',
  'contentEncoding',
  'readOnly',
])
const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
])

/**
 * Turns a JSON Schema into the subset that strict structured outputs take: every object closed, every property
 * required, optional ones nullable. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 * @throws {MurmurError} MUR_BUG for records with open keys, which the subset can't say
 */
export function toStrictSchema(schema: JsonSchema): JsonSchema {
  const strict: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key) || isNoise(schema, key, value)) continue
    if (key === 'oneOf' || key === 'anyOf') strict['anyOf'] = schemasOf(value).map(toStrictSchema)
    else if (key === 'items' && isSchema(value)) strict[key] = toStrictSchema(value)
    else if (key === '$defs' && isSchema(value)) strict[key] = mapSchemas(value, toStrictSchema)
    else if (key !== 'properties' && key !== 'required' && key !== 'additionalProperties') strict[key] = value
  }
  return schema['type'] === 'object' ? { ...strict, ...strictObject(schema) } : strict
}

function strictObject(schema: JsonSchema): JsonSchema {
  if (isSchema(schema['additionalProperties'])) {
    throw new MurmurError('MUR_BUG', { rule: 'a structured answer has no open records; use a list of entries' })
  }
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : []
  return {
    properties: mapSchemas(properties, (child, name) =>
      required.includes(name) ? toStrictSchema(child) : nullable(toStrictSchema(child)),
    ),
    required: Object.keys(properties),
    additionalProperties: false,
  }
}

function nullable(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = schema
  if (Array.isArray(rest['type']) && rest['type'].includes('null')) return schema
  const options = Array.isArray(rest['anyOf']) && Object.keys(rest).length === 1 ? schemasOf(rest['anyOf']) : [rest]
  const isNullable = options.some((option) => option['type'] === 'null')
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: isNullable ? options : [...options, { type: 'null' }],
  }
}

/** Bounds that zod adds to every integer, formats and patterns outside the subset. */
function isNoise(schema: JsonSchema, key: string, value: unknown): boolean {
  if (key === 'minimum' || key === 'maximum') return Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER
  if (key === 'format') return !formats.has(value)
  return key === 'pattern' && (schema['format'] !== undefined || String(value).includes('(?'))
}

function mapSchemas(schemas: JsonSchema, change: (schema: JsonSchema, name: string) => JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, child]) => [name, isSchema(child) ? change(child, name) : child]),
  )
}

function schemasOf(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : []
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
