import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ModelProfile } from '../agents/chat-model.ts'
import { EmbeddingCache, type Embedder } from '../agents/embeddings.ts'
import { lexicalEmbedder } from '../agents/lexical-embedder.ts'
import type { Provider } from '../agents/providers/create-provider-model.ts'
import { OpenAiEmbedder } from '../agents/providers/openai-embedder.ts'
import type { BudgetGuard } from '../orchestration/paid-calls/budget-guard.ts'
import type { LimitBook } from '../orchestration/paid-calls/budget-limits.ts'
import { createEmbeddingMeter } from '../orchestration/paid-calls/metered-embedder.ts'
import type { AnswerCache } from '../learning/answers/answer-cache.ts'
import { createMemoryDesk, type MemoryDesk } from '../orchestration/memory-desk.ts'
import { ResultKeeper } from '../orchestration/remember-results.ts'
import { SharedMemory } from '../orchestration/shared-memory.ts'
import { StoreKeeper } from '../storage/backup/store-keeper.ts'
import type { BudgetLedger } from '../storage/budget-ledger.ts'
import type { Database } from '../storage/database.ts'
import type { EventReading } from '../storage/event-reader.ts'
import type { WorkspaceId } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import { ChromaVectors } from '../storage/vectors/chroma-vectors.ts'
import { EmbeddedVectors } from '../storage/vectors/embedded-vectors.ts'
import type { LiveSettings } from './live-settings.ts'
import { type ProviderKeys, resolveProviders } from './resolve-providers.ts'

export interface MemoryOptions extends ProviderKeys {
  /** Undefined: the memory lies in the database. */
  readonly chromaUrl: string | undefined
  /** Where a backup is made once a day; undefined: none, and those that an admin asks for go to `backups` in the data folder. */
  readonly backupDir?: string | undefined
  /** Instead of what the configuration says. */
  readonly embedder?: Embedder
  readonly nowMs: () => number
}

export interface MemoryParts {
  readonly database: Database
  readonly settings: LiveSettings
  readonly guard: BudgetGuard
  readonly ledger: BudgetLedger
  readonly reading: EventReading
  readonly runs: RunStore
  readonly limits: LimitBook
  readonly answers: AnswerCache
  readonly onError: (error: unknown) => void
}

const maxEmbedders = 100

export interface ComposedMemory {
  readonly memory: SharedMemory
  readonly keeper: ResultKeeper
  readonly memoryDesk: MemoryDesk
  readonly lookAfterStores: () => Promise<void>
}

/** What agents share, what keeps the answers of runs in it, and who looks after the stores. */
export function composeMemory(options: MemoryOptions, { database, settings, guard, ledger, reading, runs, limits, answers, onError }: MemoryParts): ComposedMemory {
  const { chromaUrl, backupDir, nowMs } = options
  const vectors = chromaUrl === undefined ? new EmbeddedVectors(database, { nowMs }) : new ChromaVectors({ url: chromaUrl, nowMs })
  const memory = new SharedMemory({
    vectors,
    embedderOf: options.embedder ? embedWith(options.embedder) : createEmbedderBook(options, settings),
    embedPaid: createEmbeddingMeter({ database, ledger, guard, nowMs }),
    cache: new EmbeddingCache(),
    nowMs,
    onError,
  })
  const keeper = new ResultKeeper({ ...reading, memory, runs, limits })
  const stores = new StoreKeeper({ place: database.place, chromaUrl, dir: backupDir ?? join(database.place.dataDir, 'backups'), nowMs })
  const lookAfterStores = async (): Promise<void> => {
    await stores.compact()
    if (backupDir !== undefined) await stores.makeIfDue()
  }
  return { memory, keeper, memoryDesk: createMemoryDesk({ answers, memory, stores }), lookAfterStores }
}

const embedWith = (embedder: Embedder) => async (): Promise<Embedder> => embedder

/** The embedder that a workspace's models.json names, kept while its profile and its server stay the same. */
function createEmbedderBook(options: MemoryOptions, settings: LiveSettings): (workspaceId: WorkspaceId) => Promise<Embedder> {
  const kept = new Map<string, Embedder>()
  return async (workspaceId) => {
    const { models, texts } = (await settings.of(workspaceId)).files
    const { embedding } = models
    if (!embedding) return lexicalEmbedder
    const provider = resolveProviders(models, options, texts['models.json'].label)(embedding)
    const key = JSON.stringify([embedding, provider])
    const embedder = kept.get(key) ?? createEmbedder(embedding, provider, options.nowMs)
    const oldest = kept.keys().next()
    if (kept.size >= maxEmbedders && !oldest.done) kept.delete(oldest.value)
    kept.set(key, embedder)
    return embedder
  }
}

/** Without a server that has embeddings, texts are compared by their words. */
function createEmbedder(profile: ModelProfile, { kind, baseUrl, apiKey }: Provider, now: () => number): Embedder {
  const isOpenAi = kind === 'openai' && !(apiKey === 'none' && baseUrl.startsWith('https://api.openai.com/'))
  if (!isOpenAi && kind !== 'ollama') return lexicalEmbedder
  const address = kind === 'ollama' ? `${baseUrl.replace(/\/+$/, '')}/v1` : baseUrl
  return new OpenAiEmbedder({ profile, apiKey: apiKey || 'none', baseUrl: address, now, delay: (ms, signal) => sleep(ms, undefined, { signal }) })
}
