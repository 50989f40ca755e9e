import type { MurmurError } from '../errors.ts'
import type { FailureClass } from '../storage/failure-class.ts'
import { answerFlaws } from './answer-flaw.ts'

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

/** The class of what went wrong; undefined for a stop that somebody asked for, which is no failure. */
export function classifyFailure({ code, details }: Pick<MurmurError, 'code' | 'details'>): FailureClass | undefined {
  if (code === 'MUR_RUN_CANCELLED') return undefined
  if (code === 'MUR_MODEL_DOWN' && details['reason'] === 'timeout') return 'model_slow'
  const flaw = answerFlaws.find((one) => one === details['flaw'])
  if (code === 'MUR_MODEL_MALFORMED' && flaw) return flaw
  if (code.startsWith('MUR_MODEL_') && details['tool'] !== undefined) return 'tool'
  return classOf[code] ?? 'internal'
}

/** A call may have been made and paid for, and not stand in the ledger: the attempt is repeated, not gone on with. */
export const isOfStore = ({ code }: Pick<MurmurError, 'code'>): boolean => code === 'MUR_STORE_DOWN' || code === 'MUR_STORE_CONFLICT'
