import type { ModelProfile } from '../agents/chat-model.ts'
import type { Specialty } from '../agents/specialty.ts'
import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import type { RecordFeedback } from '../learning/feedback.ts'
import type { StatsDesk } from '../learning/stats/stats-desk.ts'
import type { HitWatch } from '../learning/hits/hit-watch.ts'
import type { EditWorkflow } from '../learning/workflows/edit-workflow.ts'
import type { WorkflowTemplates } from '../learning/workflows/workflow-templates.ts'
import type { WorkflowLibrary } from '../learning/workflows/workflow-library.ts'
import type { AgentRoster } from '../orchestration/agent-roster.ts'
import type { ApproveRun } from '../orchestration/approve-run.ts'
import type { Canceller } from '../orchestration/cancel-run.ts'
import type { ImproveDeps } from '../orchestration/improvements/improve-deps.ts'
import type { KnownNames } from '../orchestration/improvements/read-change.ts'
import type { AcceptRequest } from '../orchestration/intake.ts'
import type { LimitBook, Limits } from '../orchestration/paid-calls/budget-limits.ts'
import type { MemoryDesk } from '../orchestration/memory-desk.ts'
import type { SpawnSpecialist } from '../orchestration/spawn-specialist.ts'
import type { RetryRun } from '../orchestration/tasks/retry-run.ts'
import type { ScheduleDesk } from '../orchestration/tasks/schedule-desk.ts'
import type { SubmitBatch } from '../orchestration/tasks/submit-batch.ts'
import type { TeamFields } from '../orchestration/teams/team-fields.ts'
import type { Team } from '../orchestration/teams/team.ts'
import type { ThreadNote } from '../orchestration/thread-port.ts'
import type { DecideTuning } from '../orchestration/tuning/tuner.ts'
import type { BudgetLedger } from '../storage/budget-ledger.ts'
import type { BudgetStore } from '../storage/budget-store.ts'
import type { PartStore } from '../storage/part-store.ts'
import type { Recipe, RunId, RunnerUp, RunRecord, WorkflowRecord, WorkspaceId } from '../storage/records.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { StudyStore } from '../storage/study-store.ts'
import type { SwitchStore } from '../storage/switch-store.ts'
import type { TaskList } from '../storage/task-list.ts'
import type { TaskStore } from '../storage/task-store.ts'
import type { TrialStore } from '../storage/trial-store.ts'
import type { TuningStore } from '../storage/tuning-store.ts'
import type { PatternStore } from '../storage/pattern-store.ts'
import type { WorkflowStore } from '../storage/workflow-store.ts'
import type { ConfigExchange } from './config-exchange.ts'

/** Who typed a command, where, and the key under which Slack delivers it again. */
export interface CommandCall {
  readonly workspaceId: WorkspaceId
  readonly channelId: string
  readonly userId: string
  /** What follows the command's word, trimmed. */
  readonly text: string
  readonly dedupeKey: string
  readonly replyUrl: string | undefined
}

/** What every command may use. */
export interface CommandDeps {
  readonly runs: RunStore
  readonly tasks: TaskStore
  readonly ledger: BudgetLedger
  readonly settingsOf: (workspaceId: WorkspaceId) => Promise<SettingsView>
  readonly config: ConfigExchange
  readonly acceptRequest: AcceptRequest
  readonly canceller: Canceller
  readonly submitBatch: SubmitBatch
  readonly retryRun: RetryRun
  readonly scheduleDesk: ScheduleDesk
  readonly taskList: TaskList
  readonly parts: Pick<PartStore, 'list'>
  readonly approveRun: ApproveRun
  readonly budgets: BudgetStore
  readonly limits: LimitBook
  readonly agentDesk: { readonly roster: AgentRoster; readonly spawn: SpawnSpecialist }
  readonly memoryDesk: MemoryDesk
  readonly recordFeedback: RecordFeedback
  readonly improving: ImproveDeps
  readonly learning: LearningDesk
  readonly stats: StatsDesk
  /** The answer of this run, or the one it gave again, is not given again. */
  readonly dropAnswer: (run: RunRecord) => Promise<void>
  /** What a person said last should be better in a run. */
  readonly readRemark: (runId: RunId, userId: string) => Promise<string | undefined>
  /** What was said when a message was taken for a remark. */
  readonly readNote: (runId: RunId) => Promise<ThreadNote | undefined>
  /** The answer of a swarm that came second, where there was one. */
  readonly readRunnerUp: (runId: RunId) => Promise<RunnerUp | undefined>
  /** Asked anew each time; never cached. */
  readonly isAdmin: (workspaceId: WorkspaceId, userId: string) => Promise<boolean>
  /** IANA name of a person's zone; of the workspace's where theirs is not known. */
  readonly timeZoneOf: (workspaceId: WorkspaceId, userId: string) => Promise<string>
  readonly nowMs: () => number
}

/** What was learnt, to be looked at and changed. */
export interface LearningDesk {
  readonly library: WorkflowLibrary
  readonly workflows: WorkflowStore
  readonly patterns: PatternStore
  readonly trials: TrialStore
  readonly hits: Pick<HitWatch, 'count'>
  readonly switches: SwitchStore
  readonly tunings: Pick<TuningStore, 'list' | 'reset'>
  readonly decideTuning: DecideTuning
  readonly studies: Pick<StudyStore, 'list'>
  readonly templates: WorkflowTemplates
  readonly edit: EditWorkflow
}

/** What is configured for a workspace, for people to look at. */
export interface SettingsView {
  readonly catalogue: SpecialtyCatalogue
  readonly models: readonly ModelLine[]
  readonly teams: readonly Team[]
}

/** A model as `/swarm models` shows it. */
export interface ModelLine {
  readonly profile: ModelProfile
  readonly role: string
  readonly state: string
}

export interface SwarmForm {
  readonly form: 'swarm'
  readonly channelId: string
  readonly topologies: readonly string[]
  readonly teams: readonly string[]
}

export interface BudgetForm {
  readonly form: 'budget'
  readonly limits: Limits
  readonly channelId: string
}

export interface TeamForm {
  readonly form: 'team'
  readonly fields: TeamFields
  /** Unset for a new team. */
  readonly previousName: string | undefined
  readonly specialties: readonly Specialty[]
  readonly channelId: string
}

export interface BatchForm {
  readonly form: 'batch'
  readonly channelId: string
  /** What stands in it already. */
  readonly text: string
}

/** A recipe as people edit it, with what can be chosen. */
export interface WorkflowForm {
  readonly form: 'workflow'
  readonly channelId: string
  readonly workflow: WorkflowRecord
  readonly recipe: Recipe
  readonly known: KnownNames
}

/** A form to be shown instead of a text; `app/slack/render-form.ts` has what each looks like. */
export type CommandForm = BudgetForm | BatchForm | TeamForm | SwarmForm | WorkflowForm

/** A list to choose from; the value of an option has at most 75 characters. */
export interface NoteChoice {
  readonly placeholder: string
  readonly actionId: string
  readonly options: readonly { readonly text: string; readonly value: string }[]
}

export interface CommandNote extends ThreadNote {
  readonly choice?: NoteChoice
}

/** Shown to the person who typed it only. Undefined: nothing, because the answer comes as a thread. */
export type CommandReply = string | CommandForm | CommandNote | undefined

export interface Command {
  readonly word: string
  /** As a person types it, for example `/swarm cancel <id>`. */
  readonly usage: string
  readonly summary: string
  /** For a word that objectives begin with as well: true when what follows makes it this command. */
  readonly accepts?: (text: string) => boolean
  readonly run: (deps: CommandDeps, call: CommandCall) => Promise<CommandReply>
}
