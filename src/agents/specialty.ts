declare const brand: unique symbol

/** Kebab-case name of a specialty, stored with runs and agents: never rename one. */
export type SpecialtyId = string & { readonly [brand]: 'SpecialtyId' }

/** A template of the catalogue, from which agents are spawned. */
export interface Specialty {
  readonly id: SpecialtyId
  /** As people see it over an answer: `Data Analyst`. */
  readonly name: string
  /** A Slack emoji code, such as `:bar_chart:`. */
  readonly icon: string
  /** One sentence; the router's model chooses by it. */
  readonly purpose: string
  /** Words and phrases, in any form and case, that point to this field more than to another. */
  readonly keywords: readonly string[]
  /** Kebab-case names of what tasks may require. */
  readonly capabilities: readonly string[]
  /** The system prompt, before context and learned guidance are added. */
  readonly prompt: string
  /** 0 (same answer each time) to 1. */
  readonly temperature: number
  /** Names out of `tools/tool-names.ts`; nothing else may be called. */
  readonly tools: readonly string[]
  /** Requests as people type them; shown in help, and they count a little when routing by words. */
  readonly examples: readonly string[]
}

/** The only place that makes one out of plain text. */
export const specialtyId = (text: string): SpecialtyId => text as SpecialtyId
