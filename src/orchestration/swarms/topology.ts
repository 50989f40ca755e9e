import type { z } from 'zod'

export const topologyNames = ['plan', 'collaborate', 'compete', 'debate', 'particle', 'auto'] as const
export type TopologyName = (typeof topologyNames)[number]

/** One seat of a swarm. */
export interface Member {
  /** Stable over restarts: `m1`, `m2`; judges are `j1`, `j2`. */
  readonly id: string
  /** No other member of the swarm has it. */
  readonly name: string
  /** A Slack emoji code. */
  readonly icon: string
  readonly specialtyId: string
  /** What it is there for in this swarm; empty where its specialty says enough. */
  readonly role: string
  /** Share of its past work that went well, 0 to 1; 0.5 where nothing is known. */
  readonly record: number
}

/** Something a member reads before it speaks; the model gets it as quoted material, never as an instruction. */
export interface Reading {
  readonly title: string
  readonly text: string
}

interface TurnBase {
  /** Names the turn in the journal: once in a swarm, the same after a restart. For example `round1:m2`. */
  readonly key: string
  readonly member: Member
  /** What the member shall do now, as one talks to a colleague. */
  readonly task: string
  /** All that it reads besides the objective. */
  readonly reads: readonly Reading[]
  /** 1 or more. */
  readonly maxOutputTokens: number
  /** Instead of its specialty's own, 0 to 2. */
  readonly temperature?: number
}

/** A turn whose answer has a form, such as a vote, a score or a position. */
export interface Turn<T> extends TurnBase {
  /** Name of the answer: letters, digits, underscores. */
  readonly name: string
  readonly schema: z.ZodType<T>
  /** What is made of plain words. Unset: the member is asked once more for the form, and is then left out. */
  readonly prose?: {
    /** True for decisions: the form is asked for once more first. False where plain words say all that matters. */
    readonly asksAgain: boolean
    readonly read: (text: string) => T
  }
}

/** A turn whose answer is a text: a piece of work, with the tools of the member's specialty. */
export type WorkTurn = TurnBase

/** Why a member gave nothing: its model failed, it did not keep to the form, or a cap left no room for its call. */
export type AbsenceReason = 'model' | 'form' | 'budget'

export type Answered<T> =
  | { readonly isThere: true; readonly member: Member; readonly value: T }
  | { readonly isThere: false; readonly member: Member; readonly reason: AbsenceReason }

/**
 * Why no more turns are taken. `done`: the work is finished; `stuck`: it gets no further; `absent`: too few members are left;
 * `asked`: a person in the thread said that it is enough.
 */
export type StopReason = 'done' | 'converged' | 'rounds' | 'budget' | 'time' | 'stuck' | 'absent' | 'asked'

/**
 * All that a topology can do. Only its calls cost: each answer is kept under the key of its turn, so that a topology which
 * is run again from the start after a crash gets the same answers again without a call.
 */
export interface SwarmDesk {
  readonly objective: string
  /** What the request came with, such as an outline of its documents; often empty. */
  readonly material: readonly Reading[]
  /** At least 2. */
  readonly members: readonly Member[]
  /** Neutral voices that are no members; at least 1. */
  readonly judges: readonly Member[]
  /** Most rounds, at least 1. What a round is, the topology says. */
  readonly rounds: number
  /** 0 up to 1, the same sequence each time for the same run. */
  readonly random: () => number
  /** Asks one member. Never fails for what one member did; rejects when the whole run ends (cancelled, out of time, store down). */
  ask<T>(turn: Turn<T>): Promise<Answered<T>>
  work(turn: WorkTurn): Promise<Answered<string>>
  /** Before so many more calls: what stands in the way, if anything does. Kept under its key, as answers are. */
  stopsBefore(key: string, calls: number): Promise<'budget' | 'time' | undefined>
  /** What people have said in the thread since the last time; kept under its key. */
  hear(key: string): Promise<readonly Reading[]>
  /** Vectors of texts, all of one length and in one space, by the workspace's embedder; kept under its key. */
  embed(key: string, texts: readonly string[]): Promise<readonly Float32Array[]>
}

export interface PlanItem {
  readonly id: string
  readonly title: string
  readonly who: string
  readonly status: 'pending' | 'in_progress' | 'complete' | 'error'
}

/** What happened, for those who watch. Whoever shows it decides how; a topology goes on when nobody does. */
export type SwarmEvent =
  | { readonly kind: 'round'; readonly round: number; readonly of: number; readonly doing: string }
  | { readonly kind: 'list'; readonly items: readonly PlanItem[] }
  /** A member has spoken. */
  | { readonly kind: 'turn'; readonly key: string; readonly member: Member; readonly text: string }
  /** The swarm as a whole says something. */
  | { readonly kind: 'note'; readonly key: string; readonly text: string }
  | { readonly kind: 'absent'; readonly key: string; readonly member: Member; readonly reason: AbsenceReason }
  | { readonly kind: 'picture'; readonly key: string; readonly title: string; readonly png: Uint8Array }

export interface Tally {
  readonly caption: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

export interface SwarmResult {
  readonly heading: 'Verdict' | 'Consensus' | 'Winner' | 'Result'
  /** Markdown; empty when nothing was found out. */
  readonly text: string
  readonly stoppedBy: StopReason
  /** Rounds that were held. */
  readonly rounds: number
  /** 0 to 1, where somebody stated it. */
  readonly confidence?: number
  readonly tally?: Tally
  /** Who disagrees, and with what. */
  readonly dissent: readonly { readonly who: string; readonly text: string }[]
  /** The next best, for those who want to see it. */
  readonly runnerUp?: { readonly who: string; readonly text: string }
}

/** One form in which several agents work on one objective. */
export interface Topology {
  readonly name: TopologyName
  /** One sentence; the decision for a bare `/swarm` is made by it. */
  readonly purpose: string
  readonly defaultMembers: number
  readonly defaultRounds: number
  /** Who the first judge is, where the topology wants somebody who leads: specialty and role. */
  readonly lead?: { readonly specialtyId: string; readonly role: string }
  /** Most calls it makes, for the estimate that is shown before it begins; people's words and assists aside. */
  mostCalls(members: number, rounds: number): number
  run(desk: SwarmDesk): AsyncGenerator<SwarmEvent, SwarmResult>
}

/** Most members that can fail before a swarm of so many has no quorum: more than half must be there. */
export const quorumOf = (members: number): number => Math.floor(members / 2) + 1
