/** An object that came from outside: nothing about its fields is known yet. */
export type Json = Readonly<Record<string, unknown>>

/**
 * Returns the value when it is a plain object, else an empty one, so that a malformed block renders empty instead of
 * throwing.
 */
export function readObject(value: unknown): Json {
  return isObject(value) ? value : {}
}

/** Returns the objects of a list; anything else in it, or no list at all, is left out. */
export function readList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Returns a string or a number as text, anything else as ''. */
export function readText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

/** Returns a finite number, or the fallback. */
export function readNumber(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback
}

/** Returns the strings of a list. */
export function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
