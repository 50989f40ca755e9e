import type { LearnedRouter } from '../../src/learning/router/learned-router.ts'
import type { Person } from './people.ts'
import type { LabelledRequest } from './requests.ts'
import type { Specialists } from './specialists.ts'

export interface Stream {
  readonly router: LearnedRouter
  readonly specialists: Specialists
  readonly requests: readonly LabelledRequest[]
  readonly person: Person
  /** Called after so many runs, in rising order, with nothing being learnt meanwhile; `misroutes` so far. */
  readonly checkpoints: readonly number[]
  readonly onCheckpoint: (runs: number, misroutes: number) => void
}

export const raterId = 'U1'

/** Each request is routed, answered by whom the router chose, and rated by the person, before the next one comes. */
export async function runStream({ router, specialists, requests, person, checkpoints, onCheckpoint }: Stream): Promise<void> {
  let misroutes = 0
  const due = new Set(checkpoints)
  if (due.has(0)) onCheckpoint(0, 0)
  for (const [at, request] of requests.entries()) {
    const rightId = specialists.idOf(request)
    const specialtyId = router.route(request.text)?.specialtyId ?? specialists.fallbackId ?? (specialists.cards[0]?.id as string)
    if (specialtyId !== rightId) misroutes++
    const runId = `run-${at}`
    router.noteRun({ runId, text: request.text, specialtyId })
    const verdict = person(specialtyId, rightId)
    if (verdict !== undefined) router.feedback(runId, verdict, raterId)
    await router.settled()
    if (due.has(at + 1)) onCheckpoint(at + 1, misroutes)
  }
}

/** Labels that are all there when the router begins: it is taught once, from all of them. */
export async function tellAtOnce(router: LearnedRouter, specialists: Specialists, requests: readonly LabelledRequest[]): Promise<void> {
  for (const [at, request] of requests.entries()) {
    const rightId = specialists.idOf(request)
    router.noteRun({ runId: `run-${at}`, text: request.text, specialtyId: rightId })
    router.feedback(`run-${at}`, { shouldHaveBeen: rightId }, raterId)
  }
  router.teachAnew()
  await router.settled()
}

/** Share of requests, in hundredths, that go to the right specialist. */
export const accuracyOf = (router: LearnedRouter, specialists: Specialists, requests: readonly LabelledRequest[]): number =>
  (100 * requests.filter((request) => router.route(request.text)?.specialtyId === specialists.idOf(request)).length) / requests.length
