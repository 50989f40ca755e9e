import type { MurmurError } from '../errors.ts'
import type { BudgetWait } from '../storage/records.ts'

/** An approval gives this many times what the next call may cost, so that an answer of several calls asks once. */
const callsPerApproval = 4
/** Less than this is not worth anybody's click: 2 cents. */
const leastRaiseMicroUsd = 20_000

/** What an approval adds to the cap that a run waits for. */
export const raiseFor = ({ neededMicroUsd }: BudgetWait): number => Math.max(leastRaiseMicroUsd, neededMicroUsd * callsPerApproval)

/** What a MUR_BUDGET_SPENT or a MUR_COST_UNCONFIRMED waits for. */
export function readBudgetWait({ code, details }: MurmurError): BudgetWait {
  const { scopeKey, day, limitMicroUsd, neededMicroUsd, leastMicroUsd = neededMicroUsd } = details
  return {
    kind: code === 'MUR_COST_UNCONFIRMED' ? 'confirm' : 'cap',
    scope: String(scopeKey),
    day: String(day),
    limitMicroUsd: Number(limitMicroUsd),
    neededMicroUsd: Number(neededMicroUsd),
    leastMicroUsd: Number(leastMicroUsd),
  }
}

/** True when only what is held for other calls stands in the way: most of it comes back within seconds. */
export function isHeldUp({ code, details }: MurmurError): boolean {
  const { limitMicroUsd, settledMicroUsd, neededMicroUsd, leastMicroUsd = neededMicroUsd } = details
  return code === 'MUR_BUDGET_SPENT' && Number(settledMicroUsd) + Number(leastMicroUsd) <= Number(limitMicroUsd)
}

export const formatUsd = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`
