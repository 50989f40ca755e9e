import { createHash } from 'node:crypto'
import type { ChromaClient, Collection } from 'chromadb'
import { asMurmurError, MurmurError } from '../../errors.ts'
import type { WorkspaceId } from '../records.ts'
import { asHit, asItem, asMetadata, asWhere, doesExpire } from './chroma-records.ts'
import { upsertPacked } from './chroma-upsert.ts'
import { findFault, isSameSpace, nameSpace, requireSpace, toUnitVector } from './check-vectors.ts'
import { WriteBatcher } from './write-batcher.ts'
import type { EmbeddedItem, EmbedItems, MemoryCheck, MemoryFilter, MemoryHit, MemoryQuery, VectorMemory, VectorSpace } from './vector-memory.ts'

export interface ChromaVectorsOptions {
  /** `http://host:port` */
  readonly url: string
  readonly nowMs: () => number
}

/** A collection that was looked up. */
interface Opened {
  readonly collection: Collection
  readonly space: VectorSpace
}

/** A request with so many items of 1,536 numbers is 2.5 MB; it takes about 4 ms to write, in which nothing else is served. */
const itemsAWrite = 300
/** An answer with so many vectors is read in about 8 ms. */
const itemsACheck = 48
const readAtOnce = 2_000
const movedAtOnce = 64
const maxLimit = 100
/** Candidates that the index looks at: with no more than are asked for, it misses some. */
const searchedAtOnce = 2 * maxLimit
const maxProblems = 20
const maxOpened = 1_000
/** Workspaces that one round of upkeep looks at. */
const maxTidied = 1_000

/**
 * The same memory on a Chroma server: a collection for each workspace, its space in the collection's metadata. While a workspace is moved to
 * another space, what is left of the former one lies in a second collection, whose name ends in `-former`.
 */
export class ChromaVectors implements VectorMemory {
  readonly #options: ChromaVectorsOptions
  readonly #opened = new Map<string, Opened>()
  readonly #batcher: WriteBatcher<EmbeddedItem>
  #client: Promise<ChromaClient> | undefined

  constructor(options: ChromaVectorsOptions) {
    this.#options = options
    this.#batcher = new WriteBatcher(itemsAWrite, (name, items) => this.#write(name, items))
  }

  async upsert(workspaceId: WorkspaceId, space: VectorSpace, items: readonly EmbeddedItem[]): Promise<void> {
    if (items.length === 0) return
    await inPieces(items, itemsAWrite, async (piece) => {
      const units = piece.map((item) => ({ ...item, workspaceId, vector: toUnitVector(item.vector, space) }))
      await this.#ask(async () => {
        const { space: stored } = await this.#openOrCreate(workspaceId, space)
        requireSpace(stored, space)
        await this.#batcher.add(nameOf(workspaceId), units)
      }, nameOf(workspaceId))
    })
  }

  async query({ workspaceId, space, vector, limit, filter = {} }: MemoryQuery): Promise<MemoryHit[]> {
    const unit = toUnitVector(vector, space)
    return this.#ask(async () => {
      const opened = await this.#open(nameOf(workspaceId))
      requireSpace(opened?.space, space)
      if (!opened) return []
      const found = await opened.collection.query({
        queryEmbeddings: [[...unit]],
        nResults: Math.min(limit, maxLimit),
        where: asWhere(filter, this.#options.nowMs()),
        include: ['documents', 'metadatas', 'distances'],
      })
      const { ids, documents, metadatas, distances } = found
      return (ids[0] ?? []).map((id, at) => asHit(id, documents[0]?.[at], metadatas[0]?.[at], distances[0]?.[at]))
    }, nameOf(workspaceId))
  }

  async delete(workspaceId: WorkspaceId, what: { readonly ids: readonly string[] } | { readonly filter: MemoryFilter }): Promise<void> {
    const name = nameOf(workspaceId)
    const isAll = 'filter' in what && Object.values(what.filter).every((value) => value === undefined)
    await this.#ask(async () => {
      for (const each of [name, formerOf(name)]) {
        const opened = await this.#open(each)
        if (opened && isAll) await this.#drop(each)
        else if (opened && 'ids' in what) await inPieces(what.ids, readAtOnce, async (ids) => void (await opened.collection.delete({ ids })))
        else if (opened && 'filter' in what) await opened.collection.delete({ where: asWhere(what.filter) })
      }
    }, name)
  }

  async count(workspaceId: WorkspaceId, filter: MemoryFilter = {}): Promise<number> {
    return this.#ask(async () => {
      const opened = await this.#open(nameOf(workspaceId))
      if (!opened) return 0
      const where = asWhere(filter, this.#options.nowMs())
      for (let count = 0; ; ) {
        const { ids } = await opened.collection.get({ where, include: [], limit: readAtOnce, offset: count })
        count += ids.length
        if (ids.length < readAtOnce) return count
      }
    }, nameOf(workspaceId))
  }

  async extend(workspaceId: WorkspaceId, ids: readonly string[], expiresAtMs: number): Promise<void> {
    await this.#ask(async () => {
      const opened = await this.#open(nameOf(workspaceId))
      if (!opened) return
      await inPieces(ids, readAtOnce, async (piece) => {
        const found = await opened.collection.get({ ids: piece, include: ['metadatas'] })
        const expiring = found.ids.filter((_, at) => doesExpire(found.metadatas[at]))
        if (expiring.length > 0) await opened.collection.update({ ids: expiring, metadatas: expiring.map(() => ({ expires_at_ms: expiresAtMs })) })
      })
    }, nameOf(workspaceId))
  }

  async spaceOf(workspaceId: WorkspaceId): Promise<VectorSpace | undefined> {
    return this.#ask(async () => (await this.#open(nameOf(workspaceId)))?.space, nameOf(workspaceId))
  }

  async reembed(workspaceId: WorkspaceId, space: VectorSpace, embed: EmbedItems): Promise<number> {
    const name = nameOf(workspaceId)
    return this.#ask(async () => {
      const opened = await this.#open(name)
      let former = await this.#open(formerOf(name))
      if (opened && !isSameSpace(opened.space, space)) {
        // A second change before the first was through: what had been moved would have to wait in a third collection.
        if (former) throw new MurmurError('MUR_MEMORY_SPACE', { stored: nameSpace(opened.space), given: nameSpace(space) })
        await opened.collection.modify({ name: formerOf(name) })
        this.#opened.delete(name)
        former = await this.#open(formerOf(name))
      }
      if (!former) return 0
      await this.#openOrCreate(workspaceId, space)
      return this.#move(workspaceId, former.collection, space, embed)
    }, name)
  }

  async tidy(): Promise<number> {
    await this.#ask(async () => {
      const where = { expires_at_ms: { $lte: this.#options.nowMs() } }
      const client = await this.#connect()
      for (const { name } of await client.listCollections({ limit: maxTidied })) {
        if (name.startsWith(prefix)) await (await this.#open(name))?.collection.delete({ where })
      }
    })
    return 0
  }

  async check(workspaceId: WorkspaceId): Promise<MemoryCheck> {
    return this.#ask(async () => {
      const opened = await this.#open(nameOf(workspaceId))
      const problems: string[] = []
      for (let items = 0; ; ) {
        const page = await opened?.collection.get({ include: ['embeddings', 'metadatas'], limit: itemsACheck, offset: items })
        if (!opened || !page || page.ids.length === 0 || problems.length >= maxProblems) return { items, problems: problems.slice(0, maxProblems) }
        items += page.ids.length
        page.ids.forEach((id, at) => {
          const owner = asItem(id, '', page.metadatas[at]).workspaceId
          const fault = findFault(Float32Array.from(page.embeddings[at] ?? []), opened.space) ?? (owner === workspaceId ? undefined : 'belongs to another workspace')
          if (fault !== undefined) problems.push(`\`${id}\` ${fault}.`)
        })
      }
    }, nameOf(workspaceId))
  }

  /** The workspaces that have a memory here. */
  async workspaces(): Promise<{ readonly workspaceId: WorkspaceId; readonly space: VectorSpace }[]> {
    return this.#ask(async () => {
      const found: { workspaceId: WorkspaceId; space: VectorSpace }[] = []
      const client = await this.#connect()
      for (let offset = 0; ; offset += readAtOnce) {
        const page = await client.listCollections({ limit: readAtOnce, offset })
        for (const { name, metadata } of page) {
          const opened = name.startsWith(prefix) && !name.endsWith(formerOf('')) ? await this.#open(name) : undefined
          const workspaceId = metadata?.['workspace_id']
          if (opened && typeof workspaceId === 'string') found.push({ workspaceId: workspaceId as WorkspaceId, space: opened.space })
        }
        if (page.length < readAtOnce) return found
      }
    })
  }

  /** Everything of a workspace, in pieces. */
  async *readAll(workspaceId: WorkspaceId): AsyncGenerator<readonly EmbeddedItem[]> {
    for (let offset = 0; ; ) {
      const page = await this.#ask(async () => {
        const opened = await this.#open(nameOf(workspaceId))
        return opened?.collection.get({ include: ['documents', 'metadatas', 'embeddings'], limit: itemsACheck, offset })
      }, nameOf(workspaceId))
      if (!page || page.ids.length === 0) return
      yield page.ids.map((id, at) => ({ ...asItem(id, page.documents[at], page.metadatas[at]), vector: Float32Array.from(page.embeddings[at] ?? []) }))
      offset += page.ids.length
    }
  }

  async health(): Promise<void> {
    await this.#ask(async () => void (await (await this.#connect()).heartbeat()))
  }

  async close(): Promise<void> {
    this.#opened.clear()
  }

  #connect(): Promise<ChromaClient> {
    // Imported here so that an installation without Chroma never loads its client.
    this.#client ??= import('chromadb').then(({ ChromaClient: Client }) => {
      const { hostname, port, protocol } = new URL(this.#options.url)
      const ssl = protocol === 'https:'
      return new Client({ host: hostname, port: port === '' ? (ssl ? 443 : 80) : Number(port), ssl })
    })
    return this.#client
  }

  async #open(name: string): Promise<Opened | undefined> {
    const known = this.#opened.get(name)
    if (known) return known
    const client = await this.#connect()
    try {
      return this.#keep(name, await client.getCollection({ name, embeddingFunction: null as never }))
    } catch (error) {
      if (error instanceof Error && error.name === 'ChromaNotFoundError') return undefined
      throw error
    }
  }

  async #openOrCreate(workspaceId: WorkspaceId, space: VectorSpace): Promise<Opened> {
    const name = nameOf(workspaceId)
    const found = await this.#open(name)
    if (found) return found
    const client = await this.#connect()
    try {
      const metadata = { workspace_id: workspaceId, embedder: space.embedder, dimension: space.dimension }
      return this.#keep(name, await client.createCollection({ name, metadata, embeddingFunction: null, configuration: { hnsw: { space: 'cosine', ef_search: searchedAtOnce } } }))
    } catch (error) {
      // Another process was first, and its space counts.
      const other = await this.#open(name)
      if (other) return other
      throw error
    }
  }

  #keep(name: string, collection: Collection): Opened {
    const { embedder, dimension } = collection.metadata ?? {}
    const opened = { collection, space: { embedder: typeof embedder === 'string' ? embedder : '', dimension: Number(dimension) } }
    const oldest = this.#opened.keys().next()
    if (this.#opened.size >= maxOpened && !oldest.done) this.#opened.delete(oldest.value)
    this.#opened.set(name, opened)
    return opened
  }

  async #write(name: string, items: readonly EmbeddedItem[]): Promise<void> {
    const opened = await this.#open(name)
    if (!opened) throw new MurmurError('MUR_STORE_DOWN', { reason: `the collection ${name} is gone`, check: 'the Chroma server of CHROMA_URL' })
    const records = items.map((item) => ({ ...item, metadata: asMetadata(item) }))
    await upsertPacked(this.#options.url, await this.#connect(), opened.collection, records)
  }

  async #move(workspaceId: WorkspaceId, former: Collection, space: VectorSpace, embed: EmbedItems): Promise<number> {
    const name = nameOf(workspaceId)
    for (let moved = 0; ; ) {
      const { ids, documents, metadatas } = await former.get({ limit: movedAtOnce, include: ['documents', 'metadatas'] })
      if (ids.length === 0) {
        await this.#drop(formerOf(name))
        return moved
      }
      const items = ids.map((id, at) => asItem(id, documents[at], metadatas[at]))
      const vectors = await embed(items)
      // What was written anew meanwhile is newer than what is moved.
      const { ids: written } = await ((await this.#open(name))?.collection.get({ ids, include: [] }) ?? { ids: [] as string[] })
      const embedded = items.map((item, at) => ({ ...item, vector: toUnitVector(vectors[at] ?? new Float32Array(), space) })).filter(({ id }) => !written.includes(id))
      if (embedded.length > 0) await this.#batcher.add(name, embedded)
      await former.delete({ ids })
      moved += ids.length
    }
  }

  async #drop(name: string): Promise<void> {
    this.#opened.delete(name)
    await (await this.#connect()).deleteCollection({ name })
  }

  /** A collection that another process deleted or moved is looked up anew, once. */
  async #ask<T>(work: () => Promise<T>, name?: string): Promise<T> {
    try {
      return await work()
    } catch (first) {
      if (!(first instanceof Error) || first.name !== 'ChromaNotFoundError' || name === undefined) throw asStoreError(first)
      this.#opened.delete(name)
      this.#opened.delete(formerOf(name))
      return work().catch((again: unknown) => {
        throw asStoreError(again)
      })
    }
  }
}

const prefix = 'murmur-'

/** Names have 3 to 512 characters, of which few are allowed; ids of workspaces that are not plain are hashed. */
function nameOf(workspaceId: WorkspaceId): string {
  const isPlain = /^[A-Za-z0-9]{1,60}$/.test(workspaceId)
  return `${prefix}${isPlain ? workspaceId : `h-${createHash('sha256').update(workspaceId).digest('hex').slice(0, 40)}`}`
}

const formerOf = (name: string): string => `${name}-former`

function asStoreError(error: unknown): MurmurError {
  if (error instanceof MurmurError) return error
  const { name } = error instanceof Error ? error : { name: '' }
  // Its other errors say that a request was wrong, which is our own fault.
  if (/^Chroma(?!Connection|Server|RateLimit)|^Invalid/.test(name)) return asMurmurError(error)
  return new MurmurError('MUR_STORE_DOWN', { reason: 'Chroma gave no answer', check: 'CHROMA_URL and its server' }, { cause: error })
}

async function inPieces<T>(list: readonly T[], size: number, work: (piece: T[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < list.length; at += size) await work(list.slice(at, at + size))
}
