import { z } from 'zod'
import { MurmurError } from '../errors.ts'
import type { WorkflowTemplate } from '../learning/workflows/workflow-templates.ts'
import type { KnownNames } from '../orchestration/improvements/read-change.ts'

const mostTemplates = 50
const mostProblems = 10
const shownChars = 60

const line = (most: number) => z.string().trim().min(1).max(most)
const templatesSchema = z.strictObject({
  workflows: z
    .array(
      z.strictObject({
        name: line(120),
        like: line(500),
        recipe: z.strictObject({
          specialtyId: line(100).optional(),
          topology: line(100).optional(),
          modelId: line(100).optional(),
          tools: z.array(line(100)).max(20).optional(),
          guidance: z.array(line(600)).max(12),
          format: line(300).optional(),
          temperature: z.number().min(0).max(2).optional(),
        }),
      }),
    )
    .min(1)
    .max(mostTemplates),
})

/**
 * Checks templates as they were pasted: their form, and that what they name exists here.
 * @throws {MurmurError} MUR_USAGE naming path, wanted and found of everything that is wrong
 */
export function readTemplates(pasted: unknown, known: KnownNames): readonly WorkflowTemplate[] {
  const parsed = templatesSchema.safeParse(pasted)
  const problems = parsed.success
    ? parsed.data.workflows.flatMap(({ recipe }, at) => unknownNames(recipe, known).map(({ path, wanted, found }) => describe(['workflows', at, 'recipe', ...path], wanted, found)))
    : parsed.error.issues.map(({ path, message }) => describe(path, asWanted(message), valueAt(pasted, path)))
  if (parsed.success && problems.length === 0) return parsed.data.workflows as readonly WorkflowTemplate[]
  throw new MurmurError('MUR_USAGE', { wanted: 'templates of workflows', found: `\n${problems.slice(0, mostProblems).join('\n')}\n`, hint: 'Nothing was imported. `/swarm workflows export` shows the form.' })
}

/** What was wanted, of a sentence of zod: `string` of "Invalid input: expected string, received undefined". */
const asWanted = (message: string): string => message.replace(/^(?:Invalid input|Too big|Too small): expected /, '').replace(/, received \w+$/, '')

interface Problem {
  readonly path: readonly PropertyKey[]
  readonly wanted: string
  readonly found: unknown
}

function unknownNames({ specialtyId, topology, modelId, tools = [] }: z.infer<typeof templatesSchema>['workflows'][number]['recipe'], { specialties, models, tools: toolNames, topologies }: KnownNames): Problem[] {
  const check = (path: readonly PropertyKey[], value: string | undefined, ids: readonly string[]): Problem[] => (value === undefined || ids.includes(value) ? [] : [{ path, wanted: `one of ${ids.join(', ')}`, found: value }])
  return [
    ...check(['specialtyId'], specialtyId, specialties.map(({ id }) => id)),
    ...check(['topology'], topology, topologies),
    ...check(['modelId'], modelId, models),
    ...tools.flatMap((tool, at) => check(['tools', at], tool, toolNames)),
  ]
}

const describe = (path: readonly PropertyKey[], wanted: string, found: unknown): string => `• \`${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '') || 'the whole'}\`: wanted ${wanted}; found ${show(found)}`

const show = (value: unknown): string => `\`${(JSON.stringify(value) ?? 'nothing').replaceAll('`', "'").slice(0, shownChars).toWellFormed()}\``

const valueAt = (root: unknown, path: readonly PropertyKey[]): unknown => path.reduce<unknown>((value, part) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined), root)
