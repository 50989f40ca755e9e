import type { MurmurError } from '../errors.ts'
import type { BudgetWait } from '../storage/records.ts'

/** An approval gives this many times what the next call may cost, so that an answer of several calls asks once. */
const callsPerApproval = 4
/** Less than this is not worth anybody's click: 2 cents. */
const leastRaiseMicroUsd = 20_000

/** What an approval adds to the cap that a run waits for. */
export const raiseFor = ({ neededMicroUsd }: BudgetWait): number => Math.max(leastRaiseMicroUsd, neededMicroUsd * callsPerApproval)

/** What a MUR_BUDGET_SPENT says of the cap it met. */
export function readBudgetWait({ details }: MurmurError): BudgetWait {
  const { scopeKey, day, limitMicroUsd, neededMicroUsd } = details
  return { scope: String(scopeKey), day: String(day), limitMicroUsd: Number(limitMicroUsd), neededMicroUsd: Number(neededMicroUsd) }
}

export const formatUsd = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`
