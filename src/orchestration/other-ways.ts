import type { AgentInstance } from '../agents/agent-instance.ts'
import type { ChatModel, ChatRequest } from '../agents/chat-model.ts'
import type { MurmurError } from '../errors.ts'
import { orderRemedies } from '../learning/order-remedies.ts'
import type { FailureClass } from '../storage/failure-class.ts'
import type { RemedyName } from '../storage/remedy-store.ts'
import type { PlainReply, TierSources } from './degrade.ts'
import { modelFor, withRecipe } from './follow-recipe.ts'
import type { NamedModel } from './paid-calls/worst-case.ts'
import type { RunAttempt, RunDeps } from './run-attempt.ts'

const outputTokens = 1_000
const noTools = 'You have no tools and no view of the thread now; say so where it matters.'
const plainPrompt = `You are an assistant in a team chat. Answer the request briefly and honestly in Markdown. ${noTools}`

/** The ways to an answer beside the full one: each one call without tools, under the budget and read back after a restart. */
export function otherWaysFor(deps: RunDeps, { run, meter, work, signal }: RunAttempt, usual: AgentInstance): TierSources['ways'] {
  const { main, catalogue, alternativesFor } = deps
  const instance = withRecipe(usual, work.follows?.recipe)
  const ask = async (model: ChatModel, prompt: string, temperature?: number): Promise<PlainReply> => {
    const { text, finishReason } = await model.complete({ ...requestOf(prompt, run.request.text), ...(temperature === undefined ? {} : { temperature }) }, { signal })
    return { text, finishReason }
  }
  const asSpecialist = (prompt: string): string => `${prompt}\n\n${noTools}`
  return {
    plain: () => ask(meter.metered('plain', main), plainPrompt),
    async other_model(cause) {
      const prompt = asSpecialist(instance.prompt)
      const other = findOther(alternativesFor(requestOf(prompt, run.request.text)), modelFor(deps, work.follows?.recipe), cause)
      return other && ask(meter.metered('other-model', other), prompt, instance.temperature)
    },
    async other_specialist() {
      const route = (await deps.runs.find(run.runId))?.route
      const second = route?.candidates.find(({ specialtyId }) => specialtyId !== instance.specialty.id && catalogue.has(specialtyId))
      const specialty = second ? catalogue.get(second.specialtyId) : catalogue.get(catalogue.generalistId)
      return specialty.id === instance.specialty.id ? undefined : ask(meter.metered('other-specialist', main), asSpecialist(specialty.prompt), specialty.temperature)
    },
  }
}

/** Decided once: a restart reads back what was asked, in the same order. */
export async function orderWays({ remedies }: Pick<RunDeps, 'remedies'>, { run, journal }: RunAttempt, failureClass: FailureClass): Promise<readonly RemedyName[]> {
  return journal.once('remedies', async () => orderRemedies(failureClass, (await remedies?.read(run.workspaceId, failureClass)) ?? new Map()))
}

const requestOf = (prompt: string, text: string): ChatRequest => ({
  messages: [
    { role: 'system', content: prompt },
    { role: 'user', content: text },
  ],
  maxOutputTokens: outputTokens,
})

/** The best model that was not asked yet; where servers are away, one of another server. */
function findOther(candidates: readonly NamedModel[], { model, profile }: NamedModel, { code }: MurmurError): NamedModel | undefined {
  const asked = model.profiles ?? [profile]
  const isAway = code === 'MUR_MODEL_DOWN' || code === 'MUR_MODEL_BUSY'
  const isOther = (named: NamedModel): boolean => (isAway ? asked.every(({ provider }) => provider !== named.profile.provider) : asked.every(({ id }) => id !== named.profile.id))
  return candidates.filter(isOther).toSorted((a, b) => b.profile.quality - a.profile.quality)[0]
}
