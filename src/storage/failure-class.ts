/**
 * What went wrong, as far as another way may help. `empty`: an answer without text; `tool`: what a tool needs is away; `wrong_specialist`:
 * people said that another one should have answered; `internal`: the store, or a bug.
 */
export const failureClasses = [
  'model_busy', 'model_slow', 'model_down', 'model_refused', 'malformed', 'empty', 'too_long', 'tool', 'budget', 'agents_busy', 'timed_out', 'crashed', 'slack', 'wrong_specialist', 'internal',
] as const
export type FailureClass = (typeof failureClasses)[number]
