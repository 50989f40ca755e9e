import { judgeTrial, talliesOf, type TrialEvidence } from './version-trial.ts'

/** The numbers of one setting, by name. */
export type SettingValues = Readonly<Record<string, number>>

/** A setting that may be tuned, one number and one step at a time. */
export interface Tunable {
  readonly name: string
  /** As it is configured; what is tuned never goes out of the bounds around it. */
  readonly defaults: SettingValues
  readonly least: SettingValues
  readonly most: SettingValues
  /** `factor`: a step multiplies or divides by it; `sum`: it adds or takes it away. */
  readonly step: { readonly kind: 'factor' | 'sum'; readonly by: number }
}

export interface TuningStep {
  readonly values: SettingValues
  /** Such as `pastPerformance up`; the same words are the same step. */
  readonly words: string
}

/** `better`: it serves all from now on; `taken back`: it did worse, or no better. */
export type TuningVerdict = 'open' | 'better' | 'taken back'

/** What serves a share of the runs needs so many of them before it can serve all. */
const leastRuns = 60
/** And so much more success: what makes no difference is not worth a change. */
const leastLead = 0.02

/**
 * The next step to try: first the one that helped last, then each number up and down.
 * @param tried steps from these very values that did not help
 * @returns undefined when every step that the bounds allow was tried
 */
export function nextStep({ least, most, step }: Tunable, values: SettingValues, tried: readonly string[], helped: string | undefined): TuningStep | undefined {
  const all = Object.keys(values).flatMap((key) => [`${key} up`, `${key} down`])
  const order = helped !== undefined && all.includes(helped) ? [helped, ...all.filter((words) => words !== helped)] : all
  for (const words of order) {
    const [key = '', direction] = words.split(' ')
    const from = values[key] ?? 0
    const moved = step.kind === 'factor' ? (direction === 'up' ? from * step.by : from / step.by) : direction === 'up' ? from + step.by : from - step.by
    const value = Math.round(Math.min(most[key] ?? from, Math.max(least[key] ?? from, moved)) * 1_000) / 1_000
    if (value !== from && !tried.includes(words)) return { values: { ...values, [key]: value }, words }
  }
  return undefined
}

/** Holds a step against what was in force, by the test that versions of recipes are held to; it has to do better, not only no worse. */
export function judgeTuning(evidence: TrialEvidence): TuningVerdict {
  const verdict = judgeTrial(evidence)
  if (verdict === 'worse') return 'taken back'
  const { candidate, control } = talliesOf(evidence)
  const runs = candidate.good + candidate.bad
  if (verdict === 'open' || runs < leastRuns) return 'open'
  return candidate.good / runs - control.good / (control.good + control.bad) >= leastLead ? 'better' : 'taken back'
}
