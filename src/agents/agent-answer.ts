import type { CompleteOptions, FinishReason } from './chat-model.ts'

/** Runs a tool at most once per key over restarts of a run, and gives its stored result afterwards. */
export interface ToolSteps {
  onceTool(key: string, effect: () => Promise<string>): Promise<string>
}

export interface AgentAnswer {
  readonly text: string
  /** Names, each once, in the order of their first use. */
  readonly toolsUsed: readonly string[]
  readonly modelCalls: number
  /** `length` when the answer was cut, `content_filter` when the model declined. */
  readonly finishReason: FinishReason
}

/**
 * Text of the calls of one answer: what came before a tool is dropped once the next text comes, and stays to be read
 * until then.
 */
export class AnswerText {
  readonly options: CompleteOptions
  readonly #onRestart: (() => void) | undefined
  #hasText = false
  #isStale = false

  constructor({ signal, onText, onRestart }: CompleteOptions) {
    this.#onRestart = onRestart
    this.options = {
      signal,
      ...(onText
        ? {
            onText: (delta: string) => {
              this.#beforeText()
              onText(delta)
            },
          }
        : {}),
      ...(onRestart
        ? {
            onRestart: () => {
              this.#restart()
            },
          }
        : {}),
    }
  }

  /** What was said so far led to a tool and is not the answer. */
  markStale(): void {
    this.#isStale = this.#hasText
  }

  #beforeText(): void {
    if (this.#isStale) this.#restart()
    this.#hasText = true
  }

  #restart(): void {
    this.#isStale = false
    this.#hasText = false
    this.#onRestart?.()
  }
}
