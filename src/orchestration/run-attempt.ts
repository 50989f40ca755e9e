import type { ChatRequest } from '../agents/chat-model.ts'
import type { KeywordScore } from '../agents/keyword-score.ts'
import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import type { Tool } from '../agents/tools/tool.ts'
import type { AnswerCache } from '../learning/answers/answer-cache.ts'
import type { HitAuditor } from '../learning/hits/hit-auditor.ts'
import type { LearnedRoute } from '../learning/router/learned-router.ts'
import type { WorkflowLibrary } from '../learning/workflows/workflow-library.ts'
import type { RunRecord, WorkspaceId } from '../storage/records.ts'
import type { RemedyStore } from '../storage/remedy-store.ts'
import type { RunStore } from '../storage/run-store.ts'
import type { StepJournal } from '../storage/step-journal.ts'
import type { TuningStore } from '../storage/tuning-store.ts'
import type { AgentStaff } from './agent-staff.ts'
import type { DocumentDesk, Vision } from './documents/document-desk.ts'
import type { ImproveDeps } from './improvements/improve-deps.ts'
import type { LimitBook } from './paid-calls/budget-limits.ts'
import type { RunMeter } from './paid-calls/metered-model.ts'
import type { NamedModel } from './paid-calls/worst-case.ts'
import type { RunWork } from './run-work.ts'
import type { SharedMemory } from './shared-memory.ts'
import type { StandingBook } from './standing-book.ts'
import type { StudyDeps } from './studies/study-deps.ts'
import type { Team } from './teams/team.ts'
import type { ThreadPort } from './thread-port.ts'
import type { TunedSettings } from './tuning/tuned-settings.ts'

/** What every run uses; made once. */
export interface RunDeps {
  readonly runs: RunStore
  readonly catalogue: SpecialtyCatalogue
  readonly scoreKeywords: (text: string) => readonly KeywordScore[]
  readonly tools: readonly Tool<never>[]
  readonly main: NamedModel
  readonly router: NamedModel | undefined
  /** Models that can serve a request, cheapest worst case first. */
  readonly alternativesFor: (request: ChatRequest) => readonly NamedModel[]
  /** One model of the catalogue alone, without others that take over; undefined when it can't be used. */
  readonly modelOf: (modelId: string) => NamedModel | undefined
  readonly teams: readonly Team[]
  readonly standings: StandingBook
  /** What a workspace has taught about a request; unset where nothing is learnt. */
  readonly learnedRoute?: ((workspaceId: WorkspaceId, text: string) => Promise<LearnedRoute | undefined>) | undefined
  /** Recipes for requests that recur; unset where nothing is learnt. */
  readonly workflows?: Pick<WorkflowLibrary, 'find'>
  /** Looks at some of what automations take; unset: nobody does. */
  readonly auditor?: HitAuditor
  /** Unset: remarks in threads change nothing. */
  readonly improving?: ImproveDeps
  /** Answers that were found good, for the same question; unset where none are kept. */
  readonly answers?: Pick<AnswerCache, 'find'>
  /** Names the agents and models as they are configured. */
  readonly settingsBasis?: string
  /** Unset: Murmur looks into nothing by itself. */
  readonly studying?: StudyDeps
  /** Settings that are tuned; unset: all count as configured. */
  readonly tuned?: { readonly of: TunedSettings['of']; readonly note: TuningStore['noteRun'] }
  /** What helped after failures; unset where nothing is learnt of them. */
  readonly remedies?: RemedyStore
  readonly staff: AgentStaff
  readonly limits: LimitBook
  /** Unset: its agents neither remember nor recall. */
  readonly memory?: Pick<SharedMemory, 'remember' | 'recall' | 'priceOf' | 'embed' | 'isFree'>
  /** Unset: nothing is taken in, and long texts stay in the prompt as far as they fit. */
  readonly documents?: DocumentDesk
  /** Unset: no model looks at pictures. */
  readonly vision?: Vision
  readonly timeZone: string
  readonly nowMs: () => number
}

/** What one attempt of one run uses. */
export interface RunAttempt {
  readonly run: RunRecord
  /** What the run is paid from, and whose agents do it. */
  readonly goalId: string
  readonly thread: ThreadPort
  readonly journal: StepJournal
  readonly meter: RunMeter
  /** The agents it has, and what they did. */
  readonly work: RunWork
  readonly signal: AbortSignal
  /** When the signal fires at the latest. */
  readonly endsAtMs: number
}
