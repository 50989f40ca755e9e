import { instructionsOf } from '../learning/workflows/recipe.ts'
import type { FoundWorkflow } from '../learning/workflows/workflow-library.ts'
import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import type { AgentInstance } from '../agents/agent-instance.ts'
import type { Recipe, Request, RouteDecision } from '../storage/records.ts'
import { capableOf } from './capable-specialties.ts'
import type { NamedModel } from './paid-calls/worst-case.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'
import type { FollowedRecipe } from './run-work.ts'

/** The workflow that a request fits. Whoever asks for somebody by name, and parts of other runs, are served as asked. */
export async function findWorkflow({ workflows }: Pick<RunDeps, 'workflows'>, { run, goalId }: Pick<RunAttempt, 'run' | 'goalId'>): Promise<FoundWorkflow | undefined> {
  const { request, workspaceId, runId, parentRunId } = run
  if (request.forcedSpecialtyId !== undefined || parentRunId !== undefined) return undefined
  return workflows?.find({ workspaceId, goalId, text: request.text, runId })
}

/** The route that a workflow gives without asking anybody; undefined where its recipe does not say who. */
export function routeByWorkflow(found: FoundWorkflow | undefined, catalogue: Pick<SpecialtyCatalogue, 'has' | 'get'>, { needs = [], comparesWith }: Pick<Request, 'needs' | 'comparesWith'>): RouteDecision | undefined {
  const specialtyId = found?.version.recipe.specialtyId
  if (!found || specialtyId === undefined || !catalogue.has(specialtyId)) return undefined
  if (capableOf([catalogue.get(specialtyId)], needs).length === 0) return undefined
  const { workflow, version, similarity, because } = found
  const words = because.words.length === 0 ? '' : ` These words point to it: ${because.words.join(', ')}.`
  return {
    specialtyId,
    // What a person wants to compare is no hit of an automation, and saves nothing.
    layer: comparesWith === undefined ? 'automation' : 'forced',
    confidence: similarity,
    reason: `Like earlier requests: ${workflow.name} (\`${workflow.workflowId}\`, version ${version.version}).${words} ${version.reason}`.slice(0, 300).toWellFormed(),
    learnedFrom: because,
    candidates: [{ specialtyId, score: Math.round(similarity * 1_000) / 1_000 }],
  }
}

/** @param layer who decided the route of the run */
export const asFollowed = ({ workflow, version, isCanary }: FoundWorkflow, layer: RouteDecision['layer']): FollowedRecipe => ({
  workflowId: workflow.workflowId,
  version: version.version,
  name: workflow.name,
  recipe: version.recipe,
  isCanary,
  isHit: layer === 'automation' && version.source === 'automated',
})

/** The instance as a recipe wants it: told more, with fewer tools, at another temperature. */
export function withRecipe(instance: AgentInstance, recipe: Recipe | undefined): AgentInstance {
  if (!recipe) return instance
  const { tools: allowed, temperature = instance.temperature } = recipe
  const said = instructionsOf(recipe)
  const keep = ({ name }: { readonly name: string }): boolean => allowed === undefined || allowed.includes(name)
  return {
    ...instance,
    temperature,
    prompt: said === '' ? instance.prompt : `${instance.prompt}\n\n${said}`,
    tools: instance.tools.filter(keep),
    toolSpecs: instance.toolSpecs.filter(keep),
  }
}

/** The model that a recipe wants, where it can be used; else the usual one. */
export const modelFor = ({ main, modelOf }: Pick<RunDeps, 'main' | 'modelOf'>, recipe: Recipe | undefined): NamedModel => (recipe?.modelId === undefined ? undefined : modelOf(recipe.modelId)) ?? main
