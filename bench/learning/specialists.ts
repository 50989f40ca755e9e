import { readFileSync } from 'node:fs'
import type { Card } from '../../src/learning/router/teach.ts'
import { seededRandom } from '../../src/learning/router/seeded-random.ts'
import { pathOf, type LabelledRequest } from './requests.ts'

/** Who can be chosen, under ids that say nothing: what a router knows of them stands in their cards. */
export interface Specialists {
  readonly cards: readonly Card[]
  readonly fallbackId: string | undefined
  readonly idOf: (request: LabelledRequest) => string
}

const asWords = (name: string): string => name.replaceAll('_', ' ')
const generalistTexts = ['anything else', 'general questions that belong to nobody in particular']

/** CLINC150's ten domains; a card has the domain's name and the names of its fifteen intents. */
export function domainsOf(folder: string, seed: number, withGeneralist = false): Specialists | undefined {
  const intents = readDomains(folder)
  return intents && specialistsOf(Object.entries(intents).map(([name, own]) => [name, [name, ...own].map(asWords)]), seed, withGeneralist, ({ domain }) => domain)
}

/** Its 150 intents, each a specialist; a card has the intent's name. */
export function intentsOf(folder: string, seed: number, withGeneralist = false): Specialists | undefined {
  const intents = readDomains(folder)
  return intents && specialistsOf(Object.values(intents).flat().map((name) => [name, [asWords(name)]]), seed, withGeneralist, ({ intent }) => intent)
}

function readDomains(folder: string): Readonly<Record<string, readonly string[]>> | undefined {
  const path = pathOf(folder, 'clinc150-domains.json')
  return path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as Record<string, readonly string[]>)
}

function specialistsOf(named: readonly (readonly [string, readonly string[]])[], seed: number, withGeneralist: boolean, nameOf: (request: LabelledRequest) => string): Specialists {
  const random = seededRandom(seed ^ 0x5eed)
  const freshId = (): string => `s-${Math.floor(random() * 2 ** 32).toString(16).padStart(8, '0')}`
  const ids = new Map(named.map(([name]) => [name, freshId()]))
  const fallbackId = withGeneralist ? freshId() : undefined
  return {
    cards: [...named.map(([name, texts]) => ({ id: ids.get(name) as string, texts })), ...(fallbackId === undefined ? [] : [{ id: fallbackId, texts: generalistTexts }])],
    fallbackId,
    idOf: (request) => ids.get(nameOf(request)) ?? fallbackId ?? '',
  }
}
