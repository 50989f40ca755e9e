import { badRequest } from './api-error.ts'
import type { JsonSchema } from './json-schema.ts'
import { isSchema, namedSchemasIn, schemasIn } from './json-schema.ts'

/**
 * The subset that strict structured outputs accept; a schema the real API refuses must not pass offline.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
const maxDepth = 10
const unsupported = [
  'allOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
]

/** @throws {ApiError} 400 naming the place in the schema */
export function checkStrictSchema(schema: JsonSchema, what: string, param: string): void {
  if (schema['type'] !== 'object') {
    throw refused(
      what,
      [],
      `schema must be a JSON Schema of 'type: "object"', got 'type: "${String(schema['type'])}"'`,
      param,
    )
  }
  checkNode(schema, what, [], param)
  for (const key of ['$defs', 'definitions']) {
    for (const [name, child] of namedSchemasIn(schema[key])) checkNode(child, what, [key, name], param)
  }
}

function checkNode(schema: JsonSchema, what: string, path: readonly string[], param: string): void {
  if (path.length > 2 * maxDepth) throw refused(what, path, `schema exceeds ${maxDepth} levels of nesting`, param)
  for (const keyword of unsupported) {
    if (keyword in schema) throw refused(what, path, `'${keyword}' is not permitted`, param)
  }
  if (schema['type'] === 'object' || isSchema(schema['properties'])) checkObject(schema, what, path, param)
  for (const [name, child] of namedSchemasIn(schema['properties']))
    checkNode(child, what, [...path, 'properties', name], param)
  if (isSchema(schema['items'])) checkNode(schema['items'], what, [...path, 'items'], param)
  schemasIn(schema['anyOf']).forEach((child, index) => {
    checkNode(child, what, [...path, 'anyOf', String(index)], param)
  })
}

function checkObject(schema: JsonSchema, what: string, path: readonly string[], param: string): void {
  if (schema['additionalProperties'] !== false) {
    throw refused(what, path, "'additionalProperties' is required to be supplied and to be false", param)
  }
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const missing = namedSchemasIn(schema['properties']).find(([name]) => !required.includes(name))
  if (missing !== undefined) {
    throw refused(
      what,
      path,
      "'required' is required to be supplied and to be an array including every key in properties. "
        + `Missing '${missing[0]}'`,
      param,
    )
  }
}

function refused(what: string, path: readonly string[], why: string, param: string): Error {
  const context = path.length === 0 ? '()' : `('${path.join("', '")}')`
  return badRequest(`Invalid schema for ${what}: In context=${context}, ${why}.`, param, 'invalid_json_schema')
}
