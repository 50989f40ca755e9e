import { fileURLToPath } from 'node:url'
import type { ModelProfile } from '../../src/agents/chat-model.ts'
import { loadModelCatalogue } from '../../src/agents/model-catalogue.ts'
import { priceMicroUsd } from '../../src/agents/price.ts'
import type { ChatRequest } from '../../playground/offline-model/chat-request.ts'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { FaultKind } from '../../playground/offline-model/faults.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import type { Reply } from '../../playground/offline-model/reply.ts'
import type { JournalEntry } from '../../playground/offline-model/request-journal.ts'
import { pickNumber, seededRandom } from '../fakes/seeded-random.ts'

/** A call that was answered whole: its number, which stands in the answer, and what it costs by config/models.json. */
export interface AnsweredCall {
  readonly id: number
  readonly microUsd: number
}

export interface TortureModel {
  readonly server: OfflineModel
  /** The server's own account: all calls whose answer left it whole and unspoiled. */
  answered(): AnsweredCall[]
  /** Calls so far, whatever came of them. */
  readonly calls: number
}

/** How often each fault is played. */
const faults: readonly (readonly [kind: FaultKind, share: number])[] = [
  ['http_500', 0.05],
  ['disconnect', 0.04],
  ['rate_limited', 0.02],
  ['garbage_json', 0.03],
  ['garbage_sse', 0.04],
  ['slow', 0.1],
]
/** What these send is no answer, although its status is 200. */
const spoiling: readonly (string | undefined)[] = ['disconnect', 'garbage_json', 'garbage_sse'] satisfies FaultKind[]
const slowMs = 150
const longestDelayMs = 60
const toolShare = 0.3
const configDir = fileURLToPath(new URL('../../config', import.meta.url))

/** A model of random usage, delays and failures, the same for the same seed, as far as calls come in the same order. */
export async function startTortureModel(seed: number): Promise<TortureModel> {
  const catalogue = await loadModelCatalogue(configDir)
  const random = seededRandom(seed)
  const server = await createOfflineModel({ journalLimit: 100_000 })
  // A choice of a specialist that is spoiled inside its JSON is answered all the same, and would not say its number.
  for (const [kind, share] of faults) server.faults.add({ kind, times: Number.POSITIVE_INFINITY, delayMs: slowMs, match: (body) => !('response_format' in body) && random() < share })
  const toolWishes = new Set<number>()
  server.setAnswer((request, { id }) => {
    const reply = replyTo(request, id, random)
    if (reply.toolCalls) toolWishes.add(id)
    return reply
  })
  const profileOf = (model: string): ModelProfile => {
    const found = catalogue.profiles.find((profile) => profile.model === model)
    if (!found) throw new Error(`Expected a model of the catalogue, got ${model}.`)
    return found
  }
  return {
    server,
    get calls() {
      return server.usage.calls
    },
    answered: () =>
      server
        .requests()
        .filter((entry) => isAnswered(entry, toolWishes))
        .map((entry) => ({ id: entry.id, microUsd: priceOf(profileOf(entry.model), entry) })),
  }
}

/** Of a wish for a tool only the arguments are spoiled; the answer around them is whole. */
function isAnswered({ id, status, finished, fault, usage }: JournalEntry, toolWishes: ReadonlySet<number>): boolean {
  const isSpoiled = spoiling.includes(fault) && !(fault === 'garbage_json' && toolWishes.has(id))
  return status === 200 && finished && usage !== undefined && !isSpoiled
}

function priceOf(profile: ModelProfile, { usage }: JournalEntry): number {
  const { promptTokens = 0, completionTokens = 0, cachedTokens = 0 } = usage ?? {}
  return Number(priceMicroUsd(profile, { inputTokens: promptTokens, outputTokens: completionTokens, cachedInputTokens: cachedTokens, isEstimated: false }))
}

/** Says the number of the call in a text, or in the id of a wish for a tool, and uses any number of tokens it may use. */
function replyTo({ messages, tools, format, maxTokens = 1 }: ChatRequest, id: number, random: () => number): Reply {
  const asked = messages.reduce((characters, { text }) => characters + text.length, 0)
  const promptTokens = 1 + pickNumber(random, asked)
  const usage = { promptTokens, cachedTokens: pickNumber(random, promptTokens + 1), completionTokens: 1 + pickNumber(random, maxTokens) }
  const delayMs = pickNumber(random, longestDelayMs)
  if (format.kind === 'json_schema') return { json: { specialty: 'planner', confidence: 0.9, reason: `Chosen by n${id}n.` }, usage, delayMs }
  const wantsTool = tools.some(({ name }) => name === 'calculator') && messages.at(-1)?.role !== 'tool' && random() < toolShare
  if (wantsTool) return { toolCalls: [{ id: `call_n${id}n`, name: 'calculator', arguments: { expression: '6 * 7' } }], usage, delayMs }
  return { text: `This is answer n${id}n.`, usage, delayMs }
}

/** The number of the call that a stored step is the answer of. */
export function callOfStep(result: string): number {
  const [, id] = /\bn(\d+)n\b|_n(\d+)n/.exec(result)?.filter((part) => part !== undefined) ?? []
  if (id === undefined) throw new Error(`Expected the number of a call in ${result.slice(0, 200)}.`)
  return Number(id)
}
