import { MurmurError } from '../../errors.ts'
import { isHeldUp } from '../budget-wait.ts'
import type { NamedModel } from '../paid-calls/worst-case.ts'
import type { RunSteps } from '../thread-port.ts'
import type { AbsenceReason, Answered, Member } from './topology.ts'

/** Who makes a turn: the wanted model, or whoever stands in after it failed. */
export interface Player {
  readonly model: NamedModel
  readonly isUnderstudy: boolean
}

export interface TurnTakerParts {
  readonly journal: RunSteps
  readonly wanted: NamedModel
  /** Who stands in: another model, or the same one where there is none. */
  readonly understudyOf: (maxOutputTokens: number) => NamedModel
  readonly signal: AbortSignal
}

export interface TakenTurn {
  readonly key: string
  readonly member: Member
  readonly maxOutputTokens: number
}

/** Absences count until the run begins anew after somebody made room: so many such beginnings there were. */
const epochStep = (epoch: number): string => `swarm:again:${epoch}`
const maxEpochs = 100

/**
 * Takes the turns of a swarm: each by the wanted model, when that fails by an understudy, and else the member is absent with
 * the reason. What came of a turn is kept, so that a swarm which is run again from its start finds the same.
 */
export class TurnTaker {
  readonly #parts: TurnTakerParts
  readonly #epoch: number
  readonly #underWay = new Set<Promise<unknown>>()
  /** Turns that have money held, or wait for an answer; those that wait for room are not among them. */
  readonly #paying = new Set<Promise<unknown>>()
  #budgetError: MurmurError | undefined
  #modelError: MurmurError | undefined

  constructor(parts: TurnTakerParts) {
    this.#parts = parts
    let epoch = 0
    while (epoch < maxEpochs && parts.journal.has(epochStep(epoch))) epoch++
    this.#epoch = epoch
  }

  get epoch(): number {
    return this.#epoch
  }

  /** The cap that was met last. */
  get budgetError(): MurmurError | undefined {
    return this.#budgetError
  }

  /** Why a member was absent last, other than for the budget. */
  get modelError(): MurmurError | undefined {
    return this.#modelError
  }

  noteBudget(error: MurmurError): void {
    this.#budgetError = error
  }

  /** From the next attempt on nobody is absent and nothing stands in the way because it did so now. */
  async forgetAbsences(): Promise<void> {
    await this.#parts.journal.once(epochStep(this.#epoch), async () => true)
  }

  /** @throws what ends the whole run */
  take<T>(turn: TakenTurn, act: (player: Player) => Promise<T>): Promise<Answered<T>> {
    const taking = this.#take(turn, act)
    this.#underWay.add(taking)
    taking.finally(() => this.#underWay.delete(taking)).catch(() => {})
    return taking
  }

  /** Waits for turns that nobody waits for any more; whoever wants them to end aborts the signal first. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#underWay)
  }

  async #take<T>(turn: TakenTurn, act: (player: Player) => Promise<T>): Promise<Answered<T>> {
    const { journal, signal } = this.#parts
    const { key, member } = turn
    signal.throwIfAborted()
    const absentStep = `swarm:absent:${this.#epoch}:${key}`
    try {
      if (journal.has(absentStep)) return { isThere: false, member, reason: await journal.once(absentStep, async (): Promise<AbsenceReason> => 'model') }
      return { isThere: true, member, value: await this.#whereThereIsRoom(() => this.#play(turn, act)) }
    } catch (error) {
      const reason = this.#reasonOf(error)
      return { isThere: false, member, reason: await journal.once(absentStep, async () => reason) }
    }
  }

  /** By the wanted model, or by the understudy if that one's failure is on record. */
  async #play<T>({ key, maxOutputTokens }: TakenTurn, act: (player: Player) => Promise<T>): Promise<T> {
    const { journal, wanted, understudyOf } = this.#parts
    const failedStep = `swarm:understudy:${this.#epoch}:${key}`
    if (!journal.has(failedStep)) {
      try {
        return await act({ model: wanted, isUnderstudy: false })
      } catch (error) {
        if (!isModelFailure(error)) throw error
        await journal.once(failedStep, async () => error.code)
      }
    }
    return act({ model: understudyOf(maxOutputTokens), isUnderstudy: true })
  }

  /** What only other turns' holds leave no room for is done when one of those has ended. */
  async #whereThereIsRoom<T>(play: () => Promise<T>): Promise<T> {
    for (;;) {
      const playing = play()
      this.#paying.add(playing)
      try {
        return await playing
      } catch (error) {
        this.#paying.delete(playing)
        if (!(error instanceof MurmurError) || !isHeldUp(error) || this.#paying.size === 0) throw error
      } finally {
        this.#paying.delete(playing)
      }
      await Promise.race([...this.#paying].map((paying) => paying.catch(() => {})))
      this.#parts.signal.throwIfAborted()
    }
  }

  #reasonOf(error: unknown): AbsenceReason {
    this.#parts.signal.throwIfAborted()
    if (!(error instanceof MurmurError)) throw error
    // Held for other runs: most of it comes back within seconds, so the whole run is tried again.
    if (isHeldUp(error)) throw error
    if (error.code === 'MUR_BUDGET_SPENT') {
      this.#budgetError = error
      return 'budget'
    }
    if (!error.code.startsWith('MUR_MODEL_') && error.code !== 'MUR_INPUT_TOO_LONG') throw error
    this.#modelError = error
    return error.code === 'MUR_MODEL_MALFORMED' ? 'form' : 'model'
  }
}

/** What another model or another specialist might do better; an answer of the wrong form was asked for twice already. */
const isModelFailure = (error: unknown): error is MurmurError => error instanceof MurmurError && error.code.startsWith('MUR_MODEL_') && error.code !== 'MUR_MODEL_MALFORMED'
