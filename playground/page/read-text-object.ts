import { readObject, readText } from './read-json.ts'

/** Reads the text of a text object, or of a plain string. */
export function readTextObject(value: unknown): string {
  return typeof value === 'string' ? value : readText(readObject(value)['text'])
}
