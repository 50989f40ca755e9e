import { MurmurError } from '../errors.ts'
import { dataAnalyst } from './specialties/data-analyst.ts'
import { designer } from './specialties/designer.ts'
import { financeAnalyst } from './specialties/finance-analyst.ts'
import { generalist } from './specialties/generalist.ts'
import { legalReviewer } from './specialties/legal-reviewer.ts'
import { marketer } from './specialties/marketer.ts'
import { planner } from './specialties/planner.ts'
import { productManager } from './specialties/product-management.ts'
import { researcher } from './specialties/researcher.ts'
import { softwareEngineer } from './specialties/software-engineer.ts'
import { support } from './specialties/support.ts'
import { translator } from './specialties/translator.ts'
import { writer } from './specialties/writer.ts'
import type { Specialty, SpecialtyId } from './specialty.ts'
import { toolNames } from './tools/tool-names.ts'

/**
 * What ships with Murmur. The order is the one of lists and of ties; the generalist is last because it takes what is
 * left.
 */
const shipped: readonly Specialty[] = [
  dataAnalyst,
  softwareEngineer,
  researcher,
  writer,
  planner,
  support,
  productManager,
  designer,
  marketer,
  financeAnalyst,
  legalReviewer,
  translator,
  generalist,
]

const maxSpecialties = 200

/** All specialties of a process, in order. It never changes after it is made. */
export interface SpecialtyCatalogue {
  /** Takes over when nothing else fits. */
  readonly generalistId: SpecialtyId
  /** @throws {MurmurError} MUR_BUG for an id that {@link has} denies */
  get(id: string): Specialty
  has(id: string): boolean
  /** The same frozen array each time. */
  list(): readonly Specialty[]
}

/**
 * Makes the catalogue of the shipped specialties and an installation's own.
 * @throws {MurmurError} MUR_CONFIG_INVALID naming every duplicate id, unknown tool and unusable field at once
 */
export function createSpecialtyCatalogue(extra: readonly Specialty[] = []): SpecialtyCatalogue {
  const all = [...shipped, ...extra]
  const problems = [...findDuplicates(all), ...all.flatMap(findProblems)]
  if (all.length > maxSpecialties) problems.push(`at most ${maxSpecialties} specialties fit, found ${all.length}`)
  if (problems.length > 0) throw new MurmurError('MUR_CONFIG_INVALID', { problems: problems.join('; ') })
  const list = Object.freeze(all.map(freeze))
  const byId = new Map<string, Specialty>(list.map((specialty) => [specialty.id, specialty]))
  return Object.freeze({
    generalistId: generalist.id,
    get: (id: string): Specialty => {
      const found = byId.get(id)
      if (found === undefined)
        throw new MurmurError('MUR_BUG', {
          rule: 'only specialties of the catalogue are asked for',
          id: id.slice(0, 80),
        })
      return found
    },
    has: (id: string): boolean => byId.has(id),
    list: () => list,
  })
}

function findDuplicates(all: readonly Specialty[]): string[] {
  const ids = all.map(({ id }) => id)
  return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))].map(
    (id) => `specialty "${id}" is there twice; give one of them another id`,
  )
}

function findProblems({ id, name, purpose, prompt, icon, temperature, tools }: Specialty): string[] {
  const known: readonly string[] = toolNames
  return [
    ...(/^[a-z][a-z0-9-]{1,59}$/.test(id)
      ? []
      : ['an id of lower-case letters, digits and hyphens (2 to 60) is expected']),
    ...([name, purpose, prompt].every((text) => text.trim() !== '')
      ? []
      : ['name, purpose and prompt must not be empty']),
    ...(/^:[a-z0-9_+-]+:$/.test(icon) ? [] : [`icon "${icon}" is no emoji code such as :bar_chart:`]),
    ...(temperature >= 0 && temperature <= 1 ? [] : [`temperature must be 0 to 1, found ${temperature}`]),
    ...tools
      .filter((tool) => !known.includes(tool))
      .map((tool) => `tool "${tool}" is unknown; known are ${known.join(', ')}`),
  ].map((problem) => `specialty "${id}": ${problem}`)
}

function freeze(specialty: Specialty): Specialty {
  const { keywords, capabilities, tools, examples } = specialty
  return Object.freeze({
    ...specialty,
    keywords: Object.freeze([...keywords]),
    capabilities: Object.freeze([...capabilities]),
    tools: Object.freeze([...tools]),
    examples: Object.freeze([...examples]),
  })
}
