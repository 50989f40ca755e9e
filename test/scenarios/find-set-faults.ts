import type { JournalEntry } from '../../playground/offline-model/request-journal.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import type { Workspace } from '../../playground/workspace/workspace.ts'
import { finishedCalls, priceOf } from './paid-calls.ts'
import { isFinishedAnswer, waitUntil, type Asked } from './start-scenario.ts'

export type SetRow = Readonly<Record<string, string | number | null>>

/** Where to look at what several processes did. */
export interface SetWorld {
  readonly workspace: Workspace
  readonly model: OfflineModel
  rows(query: string): Promise<SetRow[]>
  answers(asked: Asked): StoredMessage[]
}

const usualTimeoutMs = 90_000
/** The clock of a process is off that of the database, and of this test, by up to half of what the question for its time may take. */
const clockErrorMs = 1_000

/**
 * Waits until nothing is left to do, and tells what is not as one answer a request, paid once, would have it. Requests say
 * which they are by "for the 7. time", each number once.
 * @param lossUpTo the last call of the model whose answer may have been on its way when its process or the store died. Such a call
 * is made again, and stands in the ledger once
 */
export async function findSetFaults(world: SetWorld, asked: readonly Asked[], lossUpTo: number, endTimeoutMs = usualTimeoutMs): Promise<string[]> {
  const { rows, workspace, model } = world
  await waitUntil('all tasks to end', async () => (await rows("select 1 from tasks where status in ('queued', 'running')").catch(() => [{}])).length === 0, endTimeoutMs)
  await waitUntil('all threads to rest', () => asked.every((one) => workspace.session(one.channel, one.ts)?.status === 'active'), endTimeoutMs)
  await waitUntil('all calls to end', () => model.pending === 0, endTimeoutMs)
  return [...findThreadFaults(world, asked), ...(await findRunFaults(world, asked)), ...(await findPaymentFaults(world, lossUpTo))]
}

function findThreadFaults({ answers }: SetWorld, asked: readonly Asked[]): string[] {
  const wanted = Map.groupBy(asked, ({ channel, ts }) => `${channel} ${ts}`)
  return [...wanted].flatMap(([thread, [first, ...others]]) => {
    const posted = first ? answers(first) : []
    const count = 1 + others.length
    return posted.length === count && posted.every(isFinishedAnswer) ? [] : [`${thread}: ${posted.length} posts, ${posted.filter(isFinishedAnswer).length} finished, instead of ${count}`]
  })
}

async function findRunFaults({ rows }: SetWorld, asked: readonly Asked[]): Promise<string[]> {
  const failed = (await rows("select run_id, status, error_code from runs where status <> 'completed'")).map((run) => `run ${JSON.stringify(run)}`)
  const [count] = await rows('select count(*)::int as runs from runs')
  return count?.['runs'] === asked.length ? failed : [...failed, `${count?.['runs']} runs instead of ${asked.length}`]
}

/** The books beside the model server's own account. */
async function findPaymentFaults({ rows, model }: SetWorld, lossUpTo: number): Promise<string[]> {
  const faults: string[] = []
  const paid = Map.groupBy(await rows("select runs.request, ledger.run_id, step_key, amount_micro_usd, at_ms from ledger join runs using (run_id) where outcome = 'ok' order by at_ms"), (row) => numberOf(String(row['request'])))
  const calls = Map.groupBy(finishedCalls({ model }), ({ body }) => numberOf(JSON.stringify(body['messages'])))
  for (const number of new Set([...paid.keys(), ...calls.keys()])) faults.push(...compare(number, paid.get(number) ?? [], calls.get(number) ?? [], lossUpTo))
  const [sums] = await rows(`select
    (select coalesce(sum(amount_micro_usd), 0)::bigint from ledger) as paid,
    (select coalesce(sum(cost_micro_usd), 0)::bigint from runs) as costs,
    (select coalesce(sum(settled_micro_usd), 0)::bigint from budget_spend where scope = 'workspace') as settled,
    (select coalesce(sum(reserved_micro_usd), 0)::bigint from budget_spend) as reserved,
    (select count(*)::int from reservations) as held`)
  if (sums?.['settled'] !== sums?.['paid'] || sums?.['costs'] !== sums?.['paid']) faults.push(`the budget counts ${sums?.['settled']}, the runs ${sums?.['costs']}, the ledger ${sums?.['paid']} micro-USD`)
  if (Number(sums?.['reserved']) !== 0 || sums?.['held'] !== 0) faults.push(`${sums?.['reserved']} micro-USD are still held: ${JSON.stringify(await rows('select run_id, step_key, amount_micro_usd from reservations'))}`)
  return faults
}

/** One request: each call it needed stands in the ledger once, at its price, and was not made again after it had been stored. */
function compare(number: string, paid: readonly SetRow[], calls: readonly JournalEntry[], lossUpTo: number): string[] {
  const made = [...Map.groupBy(calls, kindOf)]
  const faults: string[] = []
  for (const [kind, [...attempts]] of made) {
    const last = attempts.pop()
    const lost = attempts.filter(({ id }) => id > lossUpTo)
    if (lost.length > 0) faults.push(`request ${number}: the ${kind} call was made ${attempts.length + 1} times, and nothing had died`)
    const row = paid.find(({ step_key: key }) => String(key).includes(`:${kind}:`))
    if (row && last && attempts.length > 0 && Number(row['at_ms']) + clockErrorMs < last.at) faults.push(`request ${number}: the ${kind} call was made again after it had been stored`)
  }
  const [sum, price] = [paid.reduce((total, row) => total + Number(row['amount_micro_usd']), 0), priceOf(made.flatMap(([, attempts]) => attempts.slice(-1)))]
  if (paid.length !== made.length || sum !== price) faults.push(`request ${number}: ${paid.length} calls in the ledger for ${sum} micro-USD, instead of ${made.length} for ${price}: ${made.map(([kind, attempts]) => `${kind} ${attempts.map(({ id }) => id).join(', ')}`).join('; ')}, last lost ${lossUpTo}`)
  return faults
}

const numberOf = (text: string): string => text.matchAll(/for the (\d+)\. time/g).toArray().at(-1)?.[1] ?? 'without a number'

function kindOf({ body }: JournalEntry): string {
  const format = body['response_format'] as { readonly json_schema?: { readonly name?: string } } | undefined
  return format?.json_schema?.name ?? 'answer'
}
