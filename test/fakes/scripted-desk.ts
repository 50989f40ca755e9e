import type { z } from 'zod'
import type { AbsenceReason, Answered, Member, Reading, SwarmDesk, SwarmEvent, SwarmResult, Topology, Turn, WorkTurn } from '../../src/orchestration/swarms/topology.ts'
import { lexicalEmbedder } from '../../src/agents/lexical-embedder.ts'
import { seededRandom } from './seeded-random.ts'

/** A turn as the script sees it; `name` is `work` for a piece of work. */
export interface ScriptedTurn {
  readonly key: string
  readonly name: string
  readonly member: Member
  readonly task: string
  readonly reads: readonly Reading[]
}

/** What a turn is answered with: a value of its form (checked), a text for work, or an absence. */
export type Script = (turn: ScriptedTurn) => unknown
export class Absent {
  readonly reason: AbsenceReason
  constructor(reason: AbsenceReason = 'model') {
    this.reason = reason
  }
}

export interface DeskOptions {
  readonly script: Script
  readonly objective?: string
  readonly material?: readonly Reading[]
  readonly members?: number | readonly Member[]
  readonly judges?: number
  readonly rounds?: number
  readonly seed?: number
  /** Calls that the budget has room for; default: no limit. */
  readonly room?: number
  /** Turns that may be begun before the time is up. */
  readonly timeForTurns?: number
  /** What people say, by the key it is heard under. */
  readonly words?: Readonly<Record<string, readonly Reading[]>>
  readonly signal?: AbortSignal
  /** What an earlier process has kept; new answers are added. */
  readonly journal?: Map<string, unknown>
  /** Called before each call that is really made, for example to throw as a crash does. */
  readonly beforeCall?: (key: string, madeBefore: number) => void
}

export interface ScriptedDesk extends SwarmDesk {
  /** Keys of the calls that were made, kept answers not among them, in the order of asking. */
  readonly calls: readonly string[]
  readonly turns: readonly ScriptedTurn[]
  /** Most calls that were under way at once. */
  readonly mostAtOnce: number
}

export const aMember = (id: string, overrides: Partial<Member> = {}): Member => ({ id, name: `Member ${id}`, icon: ':robot_face:', specialtyId: 'generalist', role: '', record: 0.5, ...overrides })

const seats = (prefix: string, count: number): Member[] => Array.from({ length: count }, (_, at) => aMember(`${prefix}${at + 1}`))

/** A desk that answers from a script and keeps what was answered, as the real one does in the journal of the run. */
export function createScriptedDesk(options: DeskOptions): ScriptedDesk {
  const { script, members = 3, judges = 3, rounds = 2, seed = 1, journal = new Map(), signal } = options
  const calls: string[] = []
  const turns: ScriptedTurn[] = []
  let atOnce = 0
  let mostAtOnce = 0

  async function answer<T>(turn: Turn<T> | WorkTurn, read: (value: unknown) => T): Promise<Answered<T>> {
    const { key, member } = turn
    signal?.throwIfAborted()
    if (turns.some((earlier) => earlier.key === key)) throw new Error(`Expected each turn to have a key of its own, got ${key} twice.`)
    const scripted: ScriptedTurn = { key, member, task: turn.task, reads: turn.reads, name: 'name' in turn ? turn.name : 'work' }
    turns.push(scripted)
    if (journal.has(key)) return { isThere: true, member, value: read(journal.get(key)) }
    if (calls.length >= (options.room ?? Infinity)) return { isThere: false, member, reason: 'budget' }
    options.beforeCall?.(key, calls.length)
    calls.push(key)
    mostAtOnce = Math.max(mostAtOnce, ++atOnce)
    // Calls of one round overlap, and end in another order than they began.
    for (let turn = 0; turn <= (calls.length * 7) % 5; turn++) await Promise.resolve()
    atOnce--
    signal?.throwIfAborted()
    const value = script(scripted)
    if (value instanceof Absent) return { isThere: false, member, reason: value.reason }
    journal.set(key, value)
    return { isThere: true, member, value: read(value) }
  }

  async function kept<T>(key: string, make: () => T): Promise<T> {
    signal?.throwIfAborted()
    const storedKey = `kept:${key}`
    if (!journal.has(storedKey)) journal.set(storedKey, make())
    return journal.get(storedKey) as T
  }

  return {
    objective: options.objective ?? 'Decide where the office shall be.',
    material: options.material ?? [],
    members: typeof members === 'number' ? seats('m', members) : members,
    judges: seats('j', judges),
    rounds,
    random: seededRandom(seed),
    calls,
    turns,
    get mostAtOnce() {
      return mostAtOnce
    },
    ask: (turn) => answer(turn, (value) => readForm(turn.schema, turn, value)),
    work: (turn) => answer(turn, (value) => String(value)),
    stopsBefore: (key, needed) =>
      kept(key, () => {
        if (calls.length + needed > (options.room ?? Infinity)) return 'budget'
        return turns.length >= (options.timeForTurns ?? Infinity) ? 'time' : undefined
      }),
    hear: (key) => kept(key, () => options.words?.[key] ?? []),
    async embed(key, texts) {
      const numbers = await kept(key, () => texts.map((text) => text))
      return (await lexicalEmbedder.embed(numbers, signal ?? new AbortController().signal)).vectors
    },
  }
}

/** Runs a topology to its end. */
export async function runTopology(topology: Topology, desk: SwarmDesk): Promise<{ readonly events: readonly SwarmEvent[]; readonly result: SwarmResult }> {
  const events: SwarmEvent[] = []
  const running = topology.run(desk)
  for (;;) {
    const step = await running.next()
    if (step.done) return { events, result: step.value }
    events.push(step.value)
  }
}

function readForm<T>(schema: z.ZodType<T>, { key, prose }: Turn<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  if (prose && typeof value === 'string') return prose.read(value)
  throw new Error(`The script's answer to ${key} does not fit: ${parsed.error.message}`)
}
