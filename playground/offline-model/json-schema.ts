/** A JSON Schema object as it comes over the wire; every keyword is looked at before it is trusted. */
export type JsonSchema = Readonly<Record<string, unknown>>

export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schemas under a keyword that holds a list, for instance `anyOf`. */
export function schemasIn(value: unknown): JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : []
}

/** The named schemas under a keyword that holds a map, for instance `properties`. */
export function namedSchemasIn(value: unknown): [string, JsonSchema][] {
  if (!isSchema(value)) return []
  return Object.entries(value).filter((pair): pair is [string, JsonSchema] => isSchema(pair[1]))
}
