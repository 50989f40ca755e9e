import type { MurmurError } from '../errors.ts'
import type { FailureClass } from '../storage/failure-class.ts'
import type { AnswerFlaw } from './answer-flaw.ts'

const classOf: Partial<Record<MurmurError['code'], FailureClass>> = {
  MUR_MODEL_BUSY: 'model_busy',
  MUR_MODEL_DOWN: 'model_down',
  MUR_MODEL_REFUSED: 'model_refused',
  MUR_MODEL_MALFORMED: 'malformed',
  MUR_INPUT_TOO_LONG: 'too_long',
  MUR_BUDGET_SPENT: 'budget',
  MUR_COST_UNCONFIRMED: 'budget',
  MUR_AGENTS_BUSY: 'agents_busy',
  MUR_RUN_TIMED_OUT: 'timed_out',
  MUR_RUN_GIVEN_UP: 'crashed',
  MUR_SLACK_BUSY: 'slack',
  MUR_SLACK_REJECTED: 'slack',
}

const flaws: readonly AnswerFlaw[] = ['empty', 'too_short', 'refusal']

/** The class of what went wrong; undefined for a stop that somebody asked for, which is no failure. */
export function classifyFailure({ code, details }: Pick<MurmurError, 'code' | 'details'>): FailureClass | undefined {
  if (code === 'MUR_RUN_CANCELLED') return undefined
  if (code === 'MUR_MODEL_DOWN' && details['reason'] === 'timeout') return 'model_slow'
  const flaw = flaws.find((one) => one === details['flaw'])
  if (code === 'MUR_MODEL_MALFORMED' && flaw) return flaw
  if (code.startsWith('MUR_MODEL_') && details['tool'] !== undefined) return 'tool'
  return classOf[code] ?? 'internal'
}
