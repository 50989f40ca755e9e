import { deserialize } from 'node:v8'
import type { FormerModel, LearnedRouter } from '../../src/learning/router/learned-router.ts'
import type { StoredModel } from '../../src/learning/router/route-model.ts'
import { seededRandom, shuffled } from '../../src/learning/router/seeded-random.ts'
import type { Figure, MeasureOptions } from './figure.ts'
import { readDomainRequests } from './course.ts'
import { openRouter } from './open-router.ts'
import { givesThumbs, namesTheRight } from './people.ts'
import type { LabelledRequest } from './requests.ts'
import { domainsOf, type Specialists } from './specialists.ts'
import { accuracyOf, runStream } from './stream.ts'

const taughtRuns = 1_000
/** Long enough that words get vectors, so that what is kept over the restart has all its parts. */
const restartRuns = 1_200
const restartAt = 1_100
/** Of McNemar's statistic with one degree of freedom: p = 0.01. */
const significant = 6.635
const mostFromChance = 3

/** What must hold whatever else is measured: nothing leaks, learning is what helps, and the order of lessons decides alone. */
export async function measureControls({ data, quick }: MeasureOptions): Promise<readonly Figure[]> {
  const requests = readDomainRequests(data)
  const specialists = domainsOf(data, 1)
  if (!requests || !specialists) return []
  const learn = shuffled(requests.learn, 1)
  const { judged } = requests
  const chance = 100 / specialists.cards.length
  const unlearnt = await openRouter(specialists, {})
  const before = judged.map(({ text }) => unlearnt.route(text)?.specialtyId)
  for (const { text } of learn.slice(0, taughtRuns)) unlearnt.route(text)
  const learnt = await openRouter(specialists, {})
  await runStream({ router: learnt, specialists, requests: learn.slice(0, taughtRuns), person: namesTheRight, checkpoints: [], onCheckpoint: () => {} })
  const exactly = { atLeast: false, aim: 0, floor: 0 } as const
  return [
    { goal: 'control', name: 'labels shuffled, cards without words: from chance', value: Math.abs((await accuracyOfShuffled(specialists, learn, judged)) - chance), unit: 'points', atLeast: false, aim: mostFromChance, floor: mostFromChance },
    { goal: 'control', name: 'learning on against off, McNemar', value: mcNemar(judged, (request) => learnt.route(request.text)?.specialtyId === specialists.idOf(request), (request, at) => before[at] === specialists.idOf(request)), unit: 'chi2', aim: significant, floor: significant },
    { goal: 'control', name: 'learning off: otherwise routed after 1,000 runs', value: judged.filter(({ text }, at) => unlearnt.route(text)?.specialtyId !== before[at]).length, unit: 'requests', ...exactly },
    ...(quick ? [] : [{ goal: 'control', name: 'restart in mid-stream, or the same again: otherwise routed', value: await differencesAfterRestart(specialists, learn, judged), unit: 'requests', ...exactly }]),
  ]
}

/** Labels that belong to other requests, and cards that name nothing: whoever still finds the right specialist has seen it somewhere. */
async function accuracyOfShuffled(specialists: Specialists, learn: readonly LabelledRequest[], judged: readonly LabelledRequest[]): Promise<number> {
  const wordless = { ...specialists, cards: specialists.cards.map(({ id }) => ({ id, texts: [id] })) }
  const some = learn.slice(0, taughtRuns)
  const labels = shuffled(some, 2)
  const router = await openRouter(wordless)
  const mixed = some.map((request, at) => ({ ...request, domain: labels[at]?.domain ?? '' }))
  await runStream({ router, specialists: wordless, requests: mixed, person: namesTheRight, checkpoints: [], onCheckpoint: () => {} })
  return accuracyOf(router, wordless, judged)
}

async function differencesAfterRestart(specialists: Specialists, learn: readonly LabelledRequest[], judged: readonly LabelledRequest[]): Promise<number> {
  let kept: FormerModel = { model: undefined, upTo: 0 }
  const some = learn.slice(0, restartRuns)
  const first = await openRouter(specialists, { onTaught: (bytes, upTo) => (kept = { model: deserialize(bytes) as StoredModel, upTo }) })
  await tell(first, specialists, some.slice(0, restartAt))
  const former = kept
  await tell(first, specialists, some, restartAt)
  const second = await openRouter(specialists, {}, former)
  await tell(second, specialists, some)
  return judged.filter(({ text }) => JSON.stringify(first.route(text)) !== JSON.stringify(second.route(text))).length
}

/** Lessons by number, so that telling them again is known as such. */
async function tell(router: LearnedRouter, specialists: Specialists, requests: readonly LabelledRequest[], from = 0): Promise<void> {
  const person = givesThumbs({ rates: 0.5, flips: 0.1, corrects: 0.5 }, seededRandom(3))
  for (const [at, request] of requests.entries()) {
    const rightId = specialists.idOf(request)
    const specialtyId = specialists.cards[at % specialists.cards.length]?.id as string
    const verdict = person(specialtyId, rightId)
    if (at < from) continue
    router.noteRun({ runId: `run-${at}`, text: request.text, specialtyId }, 2 * at + 1)
    if (verdict !== undefined) router.feedback(`run-${at}`, verdict, `U${at % 3}`, 2 * at + 2)
    await router.settled()
  }
}

/** McNemar's test with continuity correction: whether two ways are right on different requests by more than luck; signed, positive if the first is better. */
function mcNemar(requests: readonly LabelledRequest[], isFirstRight: (request: LabelledRequest, at: number) => boolean, isSecondRight: (request: LabelledRequest, at: number) => boolean): number {
  let [first, second] = [0, 0]
  for (const [at, request] of requests.entries()) {
    const [a, b] = [isFirstRight(request, at), isSecondRight(request, at)]
    if (a && !b) first++
    if (b && !a) second++
  }
  return first + second === 0 ? 0 : (Math.sign(first - second) * (Math.abs(first - second) - 1) ** 2) / (first + second)
}
