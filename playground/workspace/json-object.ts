/** A JSON object whose fields nobody has checked yet: what arrives from an app or leaves for one. */
export type JsonObject = { readonly [key: string]: unknown }

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as an object, or an empty one when it is something else. */
export const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})

/** The value as a string, or undefined when it is something else. */
export const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The objects inside a list; anything that is no list counts as an empty one. */
export const asObjects = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter((item) => isJsonObject(item)) : []
