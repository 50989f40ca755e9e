import type { AgentId, Recipe, WorkflowRef } from '../storage/records.ts'
import type { KnownAgent } from './agent-registry.ts'
import type { Assignment } from './assign-agent.ts'

/** An agent that helped another one. */
export interface AssistWork {
  readonly agent: KnownAgent
  readonly isSuccess: boolean
  readonly latencyMs: number
}

/** What a judge said of an answer; both 1 to 5. */
export interface Judgement {
  readonly quality: number
  readonly difficulty: number
  readonly reason: string
}

/** The recipe that a run follows, and under which name people know it. */
export interface FollowedRecipe extends WorkflowRef {
  readonly name: string
  readonly recipe: Recipe
  readonly isCanary: boolean
  /** It is an automation, and decided alone who does the run. */
  readonly isHit?: boolean
}

/** Which agents one attempt of a run used and how they did; told to the store in the transaction that ends the run. */
export class RunWork {
  readonly #assists: AssistWork[] = []
  #assignment: Assignment | undefined
  #follows: FollowedRecipe | undefined
  #readMailUpTo: string | undefined
  #latencyMs: number | undefined
  #costMicroUsd: number | undefined
  #judgement: Judgement | undefined

  /** The agent that does the run. */
  get agent(): KnownAgent | undefined {
    return this.#assignment?.agent
  }

  get agentId(): AgentId | undefined {
    return this.agent?.agentId
  }

  /** The recipe it is done by, where there is one for such requests. */
  get follows(): FollowedRecipe | undefined {
    return this.#follows
  }

  get assists(): readonly AssistWork[] {
    return this.#assists
  }

  get readMailUpTo(): string | undefined {
    return this.#readMailUpTo
  }

  /** How long the answer took; undefined when part of it was read back from an earlier attempt. */
  get latencyMs(): number | undefined {
    return this.#latencyMs
  }

  /** What the answer cost, help included; undefined where it was no single agent's. */
  get costMicroUsd(): number | undefined {
    return this.#costMicroUsd
  }

  get judgement(): Judgement | undefined {
    return this.#judgement
  }

  take(assignment: Assignment): void {
    this.#assignment?.release()
    this.#assignment = assignment
  }

  follow(recipe: FollowedRecipe | undefined): void {
    this.#follows = recipe
  }

  /** The agent is free for other runs again. */
  release(): void {
    this.#assignment?.release()
  }

  noteAssist(assist: AssistWork): void {
    this.#assists.push(assist)
  }

  noteMail(upToMessageId: string): void {
    this.#readMailUpTo = upToMessageId
  }

  noteAnswered(answered: { readonly latencyMs: number | undefined; readonly costMicroUsd: number }): void {
    this.#latencyMs = answered.latencyMs
    this.#costMicroUsd = answered.costMicroUsd
  }

  noteJudged(judgement: Judgement): void {
    this.#judgement = judgement
  }
}
