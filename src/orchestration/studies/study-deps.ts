import type { OfferDeps } from '../../learning/workflows/offer-version.ts'
import type { RecipeChange } from '../../learning/workflows/recipe.ts'
import type { FeedbackStore } from '../../storage/feedback-store.ts'
import type { ReplayStore } from '../../storage/replay-store.ts'
import type { StudyStore } from '../../storage/study-store.ts'
import type { WorkflowStore } from '../../storage/workflow-store.ts'

/** What studies use beside what every run uses. */
export interface StudyDeps {
  readonly studies: Pick<StudyStore, 'end'>
  readonly workflows: Pick<WorkflowStore, 'version' | 'versions'>
  readonly replays: Pick<ReplayStore, 'requests' | 'remarks'>
  readonly feedback: Pick<FeedbackStore, 'listForRun'>
  readonly offering: OfferDeps
  /** What a version says is read by everybody of the goal. */
  readonly redact: (text: string) => string
}

/** A change that a study has found, and why. */
export interface Finding {
  readonly change: RecipeChange
  readonly reason: string
}
