import type { RunSteps } from '../../src/orchestration/thread-port.ts'
import type { StepOptions } from '../../src/storage/step-journal.ts'

/** Thrown where the process dies. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

interface Stored {
  readonly isFinished: boolean
  readonly json?: string
}

/**
 * The journal of one run in memory, with the rules of the real one. Each {@link open} is a new process on the same journal;
 * a process that crashed does nothing any more.
 */
export class MemorySteps {
  readonly #stored = new Map<string, Stored>()
  readonly #messageIds = new Set<string>()
  #crash: { readonly stepKey: string; readonly at: 'before' | 'after' } | undefined

  /** Dies at this step: before its effect, or after the effect and before the result is stored. */
  crashAt(stepKey: string, at: 'before' | 'after'): void {
    this.#crash = { stepKey, at }
  }

  /** True until the crash asked for has happened. */
  get isArmed(): boolean {
    return this.#crash !== undefined
  }

  /** Steps with a result, in the order they got it. */
  get finished(): string[] {
    return [...this.#stored].filter(([, { isFinished }]) => isFinished).map(([key]) => key)
  }

  resultOf(stepKey: string): unknown {
    return JSON.parse(this.#stored.get(stepKey)?.json ?? 'null')
  }

  readonly isKnownMessage = async (_channelId: string, messageId: string): Promise<boolean> =>
    this.#messageIds.has(messageId)

  open(): RunSteps {
    let isDead = false
    const dieIf = (stepKey: string, at: 'before' | 'after'): void => {
      if (this.#crash?.stepKey === stepKey && this.#crash.at === at) {
        this.#crash = undefined
        isDead = true
      }
      if (isDead) throw new Crash(`died ${at} ${stepKey}`)
    }
    const once = async <T>(stepKey: string, effect: () => Promise<T>, options: StepOptions<T> = {}): Promise<T> => {
      if (isDead) throw new Crash('dead')
      const known = this.#stored.get(stepKey)
      if (known?.isFinished) return JSON.parse(known.json ?? 'null') as T
      const found = known ? await options.recover?.() : undefined
      if (!known && options.recover) this.#stored.set(stepKey, { isFinished: false })
      dieIf(stepKey, 'before')
      const result = found ?? (await effect())
      dieIf(stepKey, 'after')
      this.#stored.delete(stepKey)
      this.#stored.set(stepKey, { isFinished: true, json: JSON.stringify(result) })
      const messageId = options.messageIdOf?.(result)
      if (messageId !== undefined) this.#messageIds.add(messageId)
      return result
    }
    return { once, has: (stepKey) => this.#stored.get(stepKey)?.isFinished === true }
  }
}
