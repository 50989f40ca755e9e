import type { ModelProfile } from '../agents/chat-model.ts'
import type { CheaperModel } from '../learning/workflows/improvement-orchestrator.ts'
import type { WorkspaceId } from '../storage/records.ts'
import type { LiveSettings } from './live-settings.ts'

/** Less saved is not worth a trial. */
const mostPriceShare = 0.5

/** Finds for a model one that can do the same and costs half of it at most. */
export function createCheaperModelFinder(settings: Pick<LiveSettings, 'of'>): (workspaceId: WorkspaceId, modelId: string | undefined) => Promise<CheaperModel | undefined> {
  return async (workspaceId, modelId) => {
    const { models } = await settings.of(workspaceId)
    const used = (modelId === undefined ? undefined : models.named(modelId)) ?? models.main
    const price = priceOf(used.profile)
    if (price === undefined || price === 0) return undefined
    const capability = used.profile.capabilities.includes('tools') ? 'tools' : 'chat'
    const found = models.findBest({ capability, prefer: 'cost', maxUsdPerMillion: price * mostPriceShare, contextTokens: used.profile.contextTokens })
    const cheaper = found && priceOf(found.profile)
    return found && cheaper !== undefined ? { modelId: found.profile.id, priceShare: cheaper / price } : undefined
  }
}

/** Three parts input, one part output, as `findBestModel` counts. */
function priceOf({ inputUsdPerMillion, outputUsdPerMillion }: ModelProfile): number | undefined {
  if (inputUsdPerMillion === 'unknown' || outputUsdPerMillion === 'unknown') return undefined
  return (3 * inputUsdPerMillion + outputUsdPerMillion) / 4
}
