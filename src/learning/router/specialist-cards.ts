import { createHash } from 'node:crypto'
import type { Specialty } from '../../agents/specialty.ts'
import type { Card } from './teach.ts'

/** Keywords stand together in texts of so many, as if somebody had asked for them. */
const keywordsATogether = 5
/** Counts up when models that were kept no longer fit the code. */
const modelForm = 4

/** What the catalogue itself says of each specialist: enough to begin with. */
export const cardsOf = (specialties: readonly Specialty[]): Card[] =>
  specialties.map(({ id, name, purpose, keywords, examples }) => ({
    id,
    texts: [name, purpose, ...examples, ...Array.from({ length: Math.ceil(keywords.length / keywordsATogether) }, (_, at) => keywords.slice(at * keywordsATogether, (at + 1) * keywordsATogether).join(' '))],
  }))

/** Changes with the cards and with the form of the model: a kept model of another basis is of no use. */
export const basisOf = (cards: readonly Card[], fallbackId: string): string =>
  createHash('sha256').update(JSON.stringify([modelForm, fallbackId, cards])).digest('hex').slice(0, 32)
