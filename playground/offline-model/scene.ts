import type { JsonSchema } from './json-schema.ts'
import type { Conversation } from './read-conversation.ts'

/** Where in an instance a value is being made, and what is known there. */
export interface Scene {
  readonly root: JsonSchema
  readonly conversation: Conversation
  /** Values that are given by name, whatever the schema's description suggests. */
  readonly hints: Readonly<Record<string, unknown>>
  /**
   * Leaves out, or gives null for, what is neither required nor hinted: for arguments of tools, where a guess does
   * harm.
   */
  readonly isSparing: boolean
  /** Name of the property; of the list, inside of a list; '' at the top. */
  readonly name: string
  /** Name of the property or list around. */
  readonly parent?: string
  readonly depth: number
  /** Place in the list around, from 0, and the list's length. */
  readonly index: number
  readonly count?: number
  /** Values of the same object that are already made. */
  readonly siblings: ReadonlyMap<string, unknown>
  /** Ids of earlier items of the list around. */
  readonly ids: readonly (string | number)[]
  /** What this item is about, where a list has items of different matters. */
  readonly topic: string | undefined
  /** The option this item is about, in a list that rates options. */
  readonly option: string | undefined
}

/** One item to come: what it is about, or its very value. */
export interface ListEntry {
  readonly topic?: string
  readonly option?: string
  readonly value?: unknown
}
