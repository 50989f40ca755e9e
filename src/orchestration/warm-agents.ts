import type { AgentPool } from '../agents/agent-pool.ts'
import type { AgentInstance, InstanceParts } from '../agents/agent-instance.ts'
import { atHour, hourOf, onWeekday } from '../learning/foresight/cues.ts'
import { cuesAfter, followsWithinMs, habitNotes } from '../learning/foresight/habit-notes.ts'
import { fade, guessNext, type Guess } from '../learning/foresight/foresight.ts'
import { runIdsOf, type StoredEvent } from '../storage/event-log.ts'
import { EventReader, type EventReading } from '../storage/event-reader.ts'
import type { HabitRow, HabitStore } from '../storage/habit-store.ts'
import { inTurns } from '../storage/in-turns.ts'
import type { RunRecord, WorkspaceId } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { WarmupStore } from '../storage/warmup-store.ts'
import type { AgentStaff } from './agent-staff.ts'
import type { LimitBook } from './paid-calls/budget-limits.ts'
import { isSpawnRefusal } from './spawn-specialist.ts'

export interface WarmAgentsDeps extends EventReading {
  readonly runs: Pick<RunStore, 'findAll'>
  readonly habits: HabitStore
  readonly warmups: WarmupStore
  readonly staff: Pick<AgentStaff, 'agents' | 'registry' | 'assigner' | 'opener'>
  readonly pool: Pick<AgentPool<AgentInstance>, 'size' | 'has'>
  /** Instances that the pool may hold. */
  readonly maxInstances: number
  readonly limits: Pick<LimitBook, 'goalOf' | 'limits' | 'dayOf'>
  /** What an instance of a specialty is made of; undefined for one that is not configured any more. */
  readonly partsOf: (workspaceId: WorkspaceId, specialtyId: string) => Promise<InstanceParts | undefined>
}

const restMs = 200
const hourMs = 3_600_000
const tickMs = 60_000
/** An hour's habits are looked at so long before it begins. */
const aheadMs = 5 * 60_000
/** At the end of an hour at most so many goals are made ready for. */
const maxGuesses = 50
const minuteMs = 60_000

/** Where something is foreseen. */
interface Place {
  readonly workspaceId: WorkspaceId
  readonly goalId: string
}

/**
 * Makes the agent ready that is most likely asked next: its configuration stored, its instance made, its goal read. Learns what comes
 * after what, and at which hour, from the events; asks no model. It takes at most half of the pool and half of the day's agents, and
 * nothing is put out for it. Each decision is stored, and whether it came true.
 */
export class WarmAgents {
  readonly #deps: WarmAgentsDeps
  readonly #reader: EventReader
  readonly #closing = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #preparedHourMs = 0
  #tick: Promise<void> = Promise.resolve()

  constructor(deps: WarmAgentsDeps) {
    this.#deps = deps
    this.#reader = new EventReader({ ...deps, reader: 'warm-agents', types: ['workflow_completed'], restMs, handle: (events, signal) => this.#learn(events, signal) })
  }

  start(): void {
    this.#reader.start()
    this.#timer = setInterval(() => {
      this.#tick = this.#tick.then(() => this.prepareHour()).catch(this.#deps.onError)
    }, tickMs)
    this.#timer.unref()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#closing.abort()
    await this.#reader.close()
    await this.#tick
  }

  /** Makes ready for the hour that begins soon, once for each hour. */
  async prepareHour(): Promise<void> {
    const { habits, warmups, nowMs } = this.#deps
    const atMs = nowMs()
    await warmups.expire(atMs)
    const beginMs = hourOf(atMs + aheadMs)
    if (beginMs <= atMs || beginMs === this.#preparedHourMs) return
    this.#preparedHourMs = beginMs
    const places = new Map((await habits.everywhere(atHour(beginMs))).map((row) => [`${row.workspaceId} ${row.goalId}`, row]))
    for (const { workspaceId, goalId } of [...places.values()].slice(0, maxGuesses)) {
      if (this.#closing.signal.aborted) return
      await this.#foresee({ workspaceId, goalId }, { hourMs: beginMs }, beginMs + hourMs)
    }
  }

  async #learn(events: readonly StoredEvent[], signal: AbortSignal): Promise<void> {
    const { runs, habits, warmups, limits, nowMs } = this.#deps
    const noted: { seq: number; notes: ReturnType<typeof habitNotes> }[] = []
    let last: { run: RunRecord; place: Place } | undefined
    const known = await runs.findAll(runIdsOf(events))
    for await (const { seq, runId } of inTurns(events, signal)) {
      const run = known.get(runId ?? '')
      if (!run?.route) continue
      const { workspaceId, request } = run
      const goalId = await limits.goalOf(workspaceId, request.channelId)
      noted.push({ seq, notes: habitNotes(run, goalId, await habits.runBefore(workspaceId, request.channelId, run.runId)) })
      // Whoever goes on in a thread gets its agent anyway.
      if (run.route.layer !== 'thread') await warmups.hit({ workspaceId, goalId, specialtyId: run.route.specialtyId, runId: run.runId, askedAtMs: run.createdAtMs })
      last = { run, place: { workspaceId, goalId } }
    }
    if (noted.length > 0) await habits.note(noted)
    // Of many at once only the newest says what comes next.
    if (last && last.run.finishedAtMs !== undefined && nowMs() - last.run.finishedAtMs < followsWithinMs) await this.#foresee(last.place, { run: last.run }, nowMs() + followsWithinMs)
  }

  async #foresee(place: Place, of: { readonly run: RunRecord } | { readonly hourMs: number }, untilMs: number): Promise<void> {
    const { habits, nowMs } = this.#deps
    const cues = 'run' in of ? cuesAfter(of.run) : [atHour(of.hourMs)]
    const rows = await habits.at(place.workspaceId, place.goalId, 'run' in of ? cues : [...cues, onWeekday(of.hourMs)])
    const now = (row: HabitRow): number => fade(row.weight, nowMs() - row.updatedAtMs)
    const ownCounts = new Map(rows.filter(({ specialtyId }) => specialtyId === '').map((row) => [row.cue, now(row)]))
    // The time that is now has not been followed by anything yet.
    const seenAt = 'run' in of ? new Map([...ownCounts].map(([cue, seen]) => [cue, seen - 1])) : new Map(cues.map((cue) => [cue, ownCounts.get(onWeekday(of.hourMs)) ?? 0]))
    for (const guess of guessNext(rows.map((row) => ({ ...row, weight: now(row) })), seenAt)) await this.#warm(place, guess, untilMs)
  }

  async #warm({ workspaceId, goalId }: Place, { specialtyId, chance, cue }: Guess, untilMs: number): Promise<void> {
    const { warmups, partsOf, nowMs, onError } = this.#deps
    const parts = await partsOf(workspaceId, specialtyId)
    if (!parts || (await this.#isReady({ workspaceId, goalId }, specialtyId))) return
    const warmupId = await warmups.open({ workspaceId, goalId, specialtyId, reason: cue, chance, atMs: nowMs(), untilMs })
    if (warmupId === undefined) return
    try {
      if (!(await this.#makeReady({ workspaceId, goalId }, parts))) await warmups.drop(warmupId)
    } catch (error) {
      await warmups.drop(warmupId)
      // No room for another agent is no failure: who comes is served as if nothing had been foreseen.
      if (!isSpawnRefusal(error)) onError(error)
    }
  }

  async #isReady({ workspaceId, goalId }: Place, specialtyId: string): Promise<boolean> {
    const { agents } = await this.#deps.staff.registry.open(workspaceId, goalId)
    return [...agents.values()].some((agent) => agent.specialtyId === specialtyId && !agent.isRetired && this.#deps.pool.has(agent.agentId))
  }

  /** @returns false where it would take more than its share */
  async #makeReady({ workspaceId, goalId }: Place, parts: InstanceParts): Promise<boolean> {
    const { staff, pool, maxInstances, limits, nowMs } = this.#deps
    if (pool.size >= maxInstances / 2) return false
    const goal = await staff.registry.open(workspaceId, goalId)
    if (![...goal.agents.values()].some(({ specialtyId, isRetired }) => specialtyId === parts.specialty.id && !isRetired)) {
      const { agentsPerDay, timeZone } = await limits.limits(workspaceId, goalId)
      if ((await staff.agents.spawnedOn({ workspaceId, goalId, day: limits.dayOf(nowMs(), timeZone) })) >= Math.floor(agentsPerDay / 2)) return false
    }
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(minuteMs)])
    const assignment = await staff.assigner.tryAssign({ workspaceId, goalId, specialty: parts.specialty, signal })
    // All are at work: they are warm enough.
    if (!assignment) return true
    try {
      const lease = await staff.opener.tryOpen(assignment.agent, parts)
      lease?.release()
      return true
    } finally {
      assignment.release()
    }
  }
}
