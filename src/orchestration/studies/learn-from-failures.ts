import { runIdsOf, type StoredEvent } from '../../storage/event-log.ts'
import { EventReader, type EventReading } from '../../storage/event-reader.ts'
import { teachingClasses } from '../../storage/failure-class.ts'
import { inTurns } from '../../storage/in-turns.ts'
import type { RunRecord } from '../../storage/records.ts'
import type { RunStore } from '../../storage/run-store.ts'
import type { OrderStudy } from './order-study.ts'

export interface FailureLearnerDeps extends EventReading {
  readonly runs: Pick<RunStore, 'findAll'>
  readonly order: OrderStudy
}

const restMs = 1_000

/** Has Murmur look back at runs of workflows that went wrong: they failed, a judge found them poor, or somebody gave a thumb down. */
export function createFailureLearner({ runs, order, ...reading }: FailureLearnerDeps): EventReader {
  const handle = async (events: readonly StoredEvent[], signal: AbortSignal): Promise<void> => {
    const signs = events.filter(isSign)
    const known = await runs.findAll(runIdsOf(signs))
    for await (const event of inTurns(signs, signal)) {
      const run = known.get(event.runId ?? '')
      if (run && (event.type === 'feedback_received' || wentWrong(run))) await order('reflect', run)
    }
  }
  return new EventReader({ ...reading, reader: 'learn-from-failures', types: ['workflow_completed', 'workflow_failed', 'feedback_received'], restMs, handle })
}

const isSign = ({ type, payload }: StoredEvent): boolean => type !== 'feedback_received' || payload['kind'] === 'down'

const wentWrong = ({ failureClass }: RunRecord): boolean => failureClass !== undefined && teachingClasses.includes(failureClass)
