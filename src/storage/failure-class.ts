/**
 * What went wrong, as far as another way may help. `empty`: an answer without words; `too_short`: the
 * promise of a text without it; `refusal`: nothing but an apology or a refusal, without a reason; `tool`: what a tool needs is away; `wrong_specialist`:
 * people said that another one should have answered; `poor`: a judge found the answer of little use; `internal`: the store, or a bug.
 */
export const failureClasses = [
  'model_busy', 'model_slow', 'model_down', 'model_refused', 'malformed', 'empty', 'too_short', 'refusal', 'too_long', 'tool', 'budget', 'agents_busy', 'timed_out', 'crashed', 'slack', 'wrong_specialist', 'poor', 'internal',
] as const
export type FailureClass = (typeof failureClasses)[number]

/** What another instruction may avoid; a provider that is away, a spent budget or Slack teach nothing about a recipe. */
export const teachingClasses: readonly FailureClass[] = ['malformed', 'empty', 'too_short', 'refusal', 'too_long', 'tool', 'timed_out', 'poor']

/** What happens to a run whatever recipe it follows: a provider that is away, money, places, Slack. */
export const outageClasses: readonly FailureClass[] = ['model_busy', 'model_down', 'budget', 'agents_busy', 'slack']
