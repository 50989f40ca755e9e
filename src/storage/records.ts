import type { FailureClass } from './failure-class.ts'

/** The nouns that outlive a restart. Time is integer milliseconds since 1970 (UTC), money integer millionths of a US dollar. */

declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** UUIDv7: sorts by creation time. */
export type RunId = Branded<'RunId'>
export type TaskId = Branded<'TaskId'>
export type AgentId = Branded<'AgentId'>
export type ScheduleId = Branded<'ScheduleId'>
export type WorkspaceId = Branded<'WorkspaceId'>

/** Where a request came in; `door` is the programmatic one. A `notice` is none: its text is said once. Nor is a `study`: Murmur looks into something, silently. */
export type Surface = 'mention' | 'direct' | 'thread' | 'command' | 'shortcut' | 'door' | 'notice' | 'study'

/** `reflect`: what a run that went wrong teaches; `replay`: what makes past requests be answered better. */
export type StudyKind = 'reflect' | 'replay'

/** What Murmur looks into by itself. */
export interface StudyOrder {
  readonly kind: StudyKind
  readonly workflowId: WorkflowId
  /** The version in force when it was ordered. */
  readonly version: number
  /** The run that gave rise to it. */
  readonly aboutRunId: RunId
}

export interface RequestFile {
  readonly id: string
  readonly name: string
  readonly mimeType: string
  readonly sizeBytes: number
}

/** A Slack message, command or shortcut after normalisation: who, where, thread, text, files. */
export interface Request {
  readonly workspaceId: WorkspaceId
  readonly surface: Surface
  readonly channelId: string
  readonly userId: string
  /** The message that asked; unset for commands and shortcuts, which have none. */
  readonly messageId?: string
  /** The thread to answer in; unset when the run itself must open one (commands, shortcuts). */
  readonly threadId?: string
  readonly text: string
  /** True when the text was too long for a run's row: here stands how it begins and ends, and the whole lies beside. */
  readonly isTextKept?: boolean
  readonly files: readonly RequestFile[]
  /** Ids of people and channels that the text itself names; only these may be named in the answer. */
  readonly mentionable: readonly string[]
  /** True when the message stands inside an existing thread, so that there is a history to read. */
  readonly isReply: boolean
  /** What the channel needs to answer besides ids, for example a `response_url`. Never a lasting secret. */
  readonly replyUrl?: string
  /** A specialty that a person asked for; nothing is weighed then. */
  readonly forcedSpecialtyId?: string
  /** Capabilities that whoever does it must have; only specialties with all of them are weighed. */
  readonly needs?: readonly string[]
  /** "improve ..." at its beginning is no remark on an answer. */
  readonly isPlain?: boolean
  /** A remark on the answer of a run: a model is asked what it means for these fields of the recipe, or an admin about a proposal, or its author is told what was decided. */
  readonly remarkOn?: { readonly runId: RunId; readonly fields: readonly string[]; readonly proposalId?: string; readonly isDecided?: boolean }
  /** A new answer is wanted, also where the same question was answered before. */
  readonly isFresh?: boolean
  /** The run whose answer is to be held beside that of the recipe as it is now: a person's wish to see, and no request that recurs. */
  readonly comparesWith?: RunId
  /** Set when a schedule made it. */
  readonly scheduled?: ScheduledMark
  /** Set when several agents shall work on it together. */
  readonly swarm?: SwarmWish
  /** Set for a study, and only there. */
  readonly study?: StudyOrder
}

/** What a person wants of a swarm; what is left out is chosen. */
export interface SwarmWish {
  /** What it shall reach, where that is not the whole text of the request. */
  readonly objective?: string
  /** Name of a topology. */
  readonly topology?: string
  /** Why it is wished where nobody asked for it, as one sentence. */
  readonly why?: string
  /** 2 to 40. */
  readonly agents?: number
  /** 1 to 10. */
  readonly rounds?: number
  /** The most it may cost, below what any run may. */
  readonly budgetMicroUsd?: number
  /** Name of a team whose members sit in it. */
  readonly team?: string
  /** Id of the model that all of them use. */
  readonly modelId?: string
}

/** The occurrence of a schedule that a request stands for. */
export interface ScheduledMark {
  readonly scheduleId: ScheduleId
  readonly dueAtMs: number
  /** It came too late to be done; what to say instead. */
  readonly missed?: string
}

export const runStatuses = ['queued', 'running', 'waiting', 'completed', 'failed', 'cancelled'] as const
export type RunStatus = (typeof runStatuses)[number]

export const priorities = ['critical', 'high', 'medium', 'low'] as const
export type Priority = (typeof priorities)[number]

/** `answer`: one request, one answer. `batch`: its parts are runs of their own, and it joins what comes of them. */
export const taskTypes = ['answer', 'batch'] as const
export type TaskType = (typeof taskTypes)[number]

/** The queued unit of work that carries a run, as people ask about it. */
export interface TaskRecord {
  readonly taskId: TaskId
  readonly runId: RunId
  readonly type: TaskType
  readonly priority: Priority
  /** `waiting`: for a person, or for its parts. */
  readonly status: RunStatus
  /** By when it should be done; a late one is run all the same, and says so. */
  readonly deadlineMs: number | undefined
  readonly attempts: number
  readonly maxAttempts: number
  /** Runs it is made of, and how many of them have ended; 0 for others. */
  readonly parts: number
  readonly partsEnded: number
  /** What it is at, in one line. */
  readonly progress: string | undefined
  /** Why it failed, or why its last attempt did. */
  readonly lastError: string | undefined
}

/** One candidate of a route with its score, 0 to 1, and what it is made of. */
export interface RouteCandidate {
  readonly specialtyId: string
  readonly score: number
  /** By criterion, 0 to 1; unset in decisions made without weighing. */
  readonly criteria?: Readonly<Record<string, number>>
}

/** How a route was decided; stored with the run and shown by "Why this agent?". */
export interface RouteDecision {
  readonly specialtyId: string
  readonly layer: 'thread' | 'automation' | 'learned' | 'model' | 'keywords' | 'generalist' | 'forced' | 'cache'
  /** 0 to 1. */
  readonly confidence: number
  readonly reason: string
  /** Why the learned router is sure: words of the request, and rated runs of this workspace that are alike; at most three of each. */
  readonly learnedFrom?: { readonly words: readonly string[]; readonly runIds: readonly string[] }
  /** Whose answer was given again. */
  readonly answerOf?: RunId
  /** Best first; the second is the runner-up. At most 20. */
  readonly candidates: readonly RouteCandidate[]
  /** True where the six criteria decided, so that their weights had a part in it. */
  readonly isWeighed?: boolean
  /** Set for a swarm; the specialty is then the one of its first member. */
  readonly swarm?: SwarmRoute
}

/** How a swarm was put together. */
export interface SwarmRoute {
  readonly topology: string
  /** Who took part, in the order of their seats. */
  readonly members: readonly { readonly name: string; readonly specialtyId: string; readonly role: string }[]
}

/** An answer of a swarm that was not chosen; kept with the run, to be looked at. */
export interface RunnerUp {
  readonly who: string
  readonly text: string
}

/**
 * What a waiting run needs a person for. `cap`: its next call may cost more than a cap has left, which an admin may raise.
 * `confirm`: its work is estimated above the limit from which the person who asked has to agree first.
 */
export interface BudgetWait {
  readonly kind: 'cap' | 'confirm'
  /** `workspace`, `goal:<id>`, `person:<id>` or `run:<id>`. */
  readonly scope: string
  readonly day: string
  readonly limitMicroUsd: number
  readonly neededMicroUsd: number
  /** With so much room a cheaper model would do it; the same as `neededMicroUsd` where there is none. */
  readonly leastMicroUsd: number
}

/** One execution that handles a request. */
export interface RunRecord {
  readonly runId: RunId
  readonly workspaceId: WorkspaceId
  /** The run it is a part of. */
  readonly parentRunId?: RunId | undefined
  readonly request: Request
  readonly status: RunStatus
  readonly threadId: string | undefined
  readonly route: RouteDecision | undefined
  /** Who does it; unset until it is routed, and for runs that no agent answers. */
  readonly agentId: AgentId | undefined
  /** The recipe it followed. */
  readonly workflow: WorkflowRef | undefined
  readonly patternId: string | undefined
  /** What it was paid from, and what names the settings it was done with; unset until it has ended. */
  readonly goalId?: string | undefined
  readonly settingsBasis?: string | undefined
  readonly answer: string | undefined
  readonly tier: number | undefined
  readonly costMicroUsd: number
  readonly waitingFor: BudgetWait | undefined
  readonly errorCode: string | undefined
  /** What went wrong, and 1 to 5 where a judge looked; unset until it has ended. */
  readonly failureClass?: FailureClass | undefined
  readonly quality?: number | undefined
  readonly createdAtMs: number
  readonly startedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
}

/** `correction`: another specialty should have answered; its id is the text. */
export type FeedbackKind = 'up' | 'down' | 'improve' | 'correction'

export interface FeedbackRecord {
  readonly runId: RunId
  readonly userId: string
  readonly kind: FeedbackKind
  readonly text: string
  readonly createdAtMs: number
}

/** What an agent was spawned for; it goes into its prompt. */
export interface AgentContext {
  readonly focus?: string
  readonly expertise?: string
  readonly urgency?: 'low' | 'normal' | 'high'
  /** Name of the agent that called it in. */
  readonly parentName?: string
}

/** What makes an agent; its instance is built from this on first use. */
export interface StoredAgentConfig {
  readonly prompt: string
  /** 0 to 2. */
  readonly temperature: number
  /** Names out of `tool-names.ts`. */
  readonly tools: readonly string[]
  readonly context: AgentContext
  /** Short hash of the specialty this was made from; when that has changed, it is made anew. */
  readonly basis: string
}

/** A specialist that was spawned for a goal. */
export interface AgentRecord {
  readonly agentId: AgentId
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly specialtyId: string
  readonly name: string
  readonly config: StoredAgentConfig
  readonly parentAgentId: AgentId | undefined
  readonly status: 'active' | 'retired'
  readonly runsEnded: number
  /** What `runsEnded` was when its work was judged last. */
  readonly judgedAtRun: number
  readonly createdAtMs: number
  readonly lastUsedAtMs: number
}

/**
 * What is kept of an agent's work. success and satisfaction: 0 or 1 each time; quality and difficulty: 1 to 5;
 * latency in ms; cost in micro-USD.
 */
export const agentMetrics = ['success', 'quality', 'latency', 'cost', 'difficulty', 'satisfaction'] as const
export type AgentMetric = (typeof agentMetrics)[number]
export type ProfileSubject = `agent:${string}` | `specialty:${string}`

/** A moving average. */
export interface ProfileFigure {
  /** Observations ever made. */
  readonly count: number
  readonly mean: number
  /** What the observations counted at `updatedAtMs`; they fade from then on. */
  readonly weight: number
  readonly updatedAtMs: number
}

export type Profile = Readonly<Partial<Record<AgentMetric, ProfileFigure>>>

export type WorkflowId = Branded<'WorkflowId'>

/** One version of one workflow. */
export interface WorkflowRef {
  readonly workflowId: WorkflowId
  /** Counts from 1. */
  readonly version: number
}

/** How one class of requests is handled. What is not said is decided as for any request. */
export interface Recipe {
  readonly specialtyId?: string
  readonly topology?: string
  readonly modelId?: string
  /** What to mind, in people's own words; oldest first. It becomes part of the prompt. */
  readonly guidance: readonly string[]
  /** The only tools that may be used, out of the specialty's own. */
  readonly tools?: readonly string[]
  /** The form of the answer, in words. */
  readonly format?: string
  /** 0 to 2. */
  readonly temperature?: number
}

/** `user`: a person's improvement; `system`: an improvement of our own; `automated`: made of a pattern. */
export type VersionSource = 'user' | 'system' | 'automated'

/** One version of a workflow; it never changes. */
export interface VersionRecord extends WorkflowRef {
  /** What it was made from; unset for the first. */
  readonly parentVersion: number | undefined
  readonly source: VersionSource
  /** Who made it; empty for the system. */
  readonly authorId: string
  readonly reason: string
  readonly recipe: Recipe
  readonly runId: RunId | undefined
  readonly createdAtMs: number
}

/** `learning`: out of use until its pattern has proven itself again; `paused`: kept by a person, and not used; `deleted`: not shown either. */
export type WorkflowState = 'active' | 'learning' | 'paused' | 'deleted'

/** The versioned recipe for one class of requests of a goal. */
export interface WorkflowRecord {
  readonly workflowId: WorkflowId
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  readonly name: string
  readonly patternId: string | undefined
  readonly state: WorkflowState
  readonly currentVersion: number
  /** A version that serves a share of the requests, 0 to 1, until it has shown itself. */
  readonly canary: { readonly version: number; readonly share: number } | undefined
  /** When an automation came back from learning: what was known of it before no longer counts. Unset: it never did. */
  readonly watchedFromMs?: number | undefined
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** One request of a pattern, as evidence; `trace`: what the run did, normalised, where that is known. */
export type PatternExample = Readonly<{ runId: RunId; text: string; trace?: readonly string[] }>

/** How one of its runs ended. */
export interface PatternOutcome {
  readonly runId: RunId
  readonly isSuccess: boolean
  readonly specialtyId: string
}

/** A recurring class of requests of a goal. `learning`: seen too seldom, or it went wrong of late. */
export interface PatternRecord {
  readonly patternId: string
  readonly workspaceId: WorkspaceId
  readonly goalId: string
  /** As people read it, with slots for what varies: `Summarise the sales of {date}`. */
  readonly title: string
  readonly state: 'learning' | 'recognised'
  /** Newest last, at most 40 and 6,000 characters. */
  readonly examples: readonly PatternExample[]
  /** Newest last, at most 30. */
  readonly outcomes: readonly PatternOutcome[]
  readonly workflowId: WorkflowId | undefined
  /** Runs ever seen. */
  readonly runs: number
  readonly createdAtMs: number
  readonly lastSeenAtMs: number
}
