import { formatUsd } from './budget-wait.ts'
import { describeScope } from './paid-calls/budget-guard.ts'
import type { RunAttempt } from './run-attempt.ts'

/** Said once a day and cap, by the run whose calls came near it. */
export async function tellWarnings({ run, meter, thread }: RunAttempt): Promise<void> {
  for (const { state } of await meter.takeWarnings()) {
    const spent = `${formatUsd(state.settledMicroUsd)} of ${formatUsd(state.limitMicroUsd)}`
    await thread.post(`budget-warning:${state.scope}`, `:warning: The ${describeScope(state.scope, run.request.channelId)} limit is nearly reached: ${spent} is spent today. An admin can raise it with \`/swarm budget set\`.`)
  }
}
