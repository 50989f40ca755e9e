import type { FailureClass } from '../storage/failure-class.ts'
import type { RemedyName, RemedyRecord } from '../storage/remedy-store.ts'

const askAnew: readonly RemedyName[] = ['plain', 'other_model', 'other_specialist']
const anew: readonly RemedyName[] = [...askAnew, 'stored']
/** The provider was asked already as often as makes sense, with its fallbacks: only one that is somewhere else may help. */
const elsewhere: readonly RemedyName[] = ['other_model', 'stored']

const fitting: Partial<Record<FailureClass, readonly RemedyName[]>> = {
  model_busy: elsewhere,
  model_slow: elsewhere,
  model_down: elsewhere,
  // Less goes into a plain call; a long request is as long for another specialist.
  too_long: ['plain', 'other_model', 'stored'],
  // There is an answer, if a poor one: an old one to another request is none the better.
  too_short: askAnew,
  refusal: askAnew,
}

/**
 * The remedies for a class of failures, those first that helped most often here: `(successes + 1) / (tries + 2)`, so that one that was
 * never tried stands between those that mostly help and those that mostly don't. Without a record they stand from cheap to dear.
 */
export function orderRemedies(failureClass: FailureClass, known: ReadonlyMap<RemedyName, RemedyRecord>): readonly RemedyName[] {
  const rateOf = (remedy: RemedyName): number => {
    const { successes = 0, tries = 0 } = known.get(remedy) ?? {}
    return (successes + 1) / (tries + 2)
  }
  const names = fitting[failureClass] ?? anew
  // An old answer is no answer to this request, so it never comes before what may give one.
  return names.toSorted((a, b) => Number(a === 'stored') - Number(b === 'stored') || rateOf(b) - rateOf(a))
}
