import type { AbsenceReason } from './topology.ts'

/** Why a member gave nothing, as people read it. */
export const absenceWords: Readonly<Record<AbsenceReason, string>> = {
  model: 'the model failed',
  form: 'gave no usable answer',
  budget: 'no budget was left for the call',
}
