import { deserialize, serialize } from 'node:v8'
import { expect, test } from '@jest/globals'
import { LearnedRouter, type FormerModel, type LearnedRouterOptions } from '../../../src/learning/router/learned-router.ts'
import type { StoredModel } from '../../../src/learning/router/route-model.ts'
import { seededRandom } from '../../../src/learning/router/seeded-random.ts'
import { teach, type Card } from '../../../src/learning/router/teach.ts'

const cards: Card[] = [
  { id: 'baker', texts: ['bread dough oven', 'bake a cake'] },
  { id: 'gardener', texts: ['soil seeds watering', 'prune the roses'] },
  { id: 'sailor', texts: ['mast sail harbour', 'steer the boat'] },
]
const words: Readonly<Record<string, readonly string[]>> = {
  baker: ['rye', 'crust', 'yeast', 'flour', 'knead', 'loaf', 'sourdough', 'proving'],
  gardener: ['tulips', 'compost', 'hedge', 'lawn', 'shears', 'weeds', 'mulch', 'trellis'],
  sailor: ['rigging', 'tide', 'knots', 'anchor', 'buoy', 'keel', 'jib', 'tiller'],
}
const fields = Object.keys(words)

/** Requests of words that no card has, so that only learning can tell where they belong. */
function requests(count: number, seed: number): { readonly text: string; readonly field: string }[] {
  const random = seededRandom(seed)
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? ''
  return Array.from({ length: count }, () => {
    const field = pick(fields)
    const own = words[field] ?? []
    return { field, text: `please see to the ${pick(own)} and the ${pick(own)} ${pick(['today', 'now', 'soon'])}` }
  })
}

/** Teaches in this thread, as the worker does in its own. */
const inline = { teach: async (lessons: Parameters<typeof teach>[0]) => { const model = teach(lessons); return { model, bytes: new Uint8Array(serialize(model)) } } }

async function open(former?: FormerModel, over: Partial<LearnedRouterOptions> = {}): Promise<LearnedRouter> {
  const router = new LearnedRouter({ teacher: inline, onError: (error) => { throw error }, ...over })
  router.registerCards(cards, undefined, former)
  await router.settled()
  return router
}

async function tell(router: LearnedRouter, asked: ReturnType<typeof requests>, labelOf = (field: string) => field, from = 0): Promise<void> {
  for (const [at, { text, field }] of asked.entries()) {
    router.noteRun({ runId: `r${at}`, text, specialtyId: 'baker' }, from + 2 * at + 1)
    router.feedback(`r${at}`, { shouldHaveBeen: labelOf(field) }, 'U1', from + 2 * at + 2)
    await router.settled()
  }
}

const shareRight = (router: LearnedRouter, asked: ReturnType<typeof requests>) => asked.filter(({ text, field }) => router.route(text)?.specialtyId === field).length / asked.length

test.each([
  ['how long does a loaf of rye need to rise', 'baker'],
  ['my tulips have got weeds all around them', 'gardener'],
])('knows on its first day, by what words mean to people elsewhere, that "%s" is for the %s', async (text, field) => {
  expect((await open()).route(text)?.specialtyId).toBe(field)
})

test('learns from corrections where requests belong, and says by which words and runs', async () => {
  const router = await open()
  const unseen = requests(60, 2)
  expect(shareRight(router, unseen)).toBeLessThan(0.7)
  await tell(router, requests(60, 1))
  expect(shareRight(router, unseen)).toBeGreaterThan(0.95)
  const route = router.route('please see to the tulips and the compost today')
  expect(route).toMatchObject({ specialtyId: 'gardener' })
  expect(route?.explanation.words.some((word) => ['tulips', 'compost'].includes(word))).toBe(true)
  expect(route?.explanation.runs.length).toBeGreaterThan(0)
})

test('labels without meaning teach nothing', async () => {
  const router = await open()
  const random = seededRandom(9)
  await tell(router, requests(90, 1), () => fields[Math.floor(random() * 3)] ?? '')
  expect(shareRight(router, requests(200, 2))).toBeLessThan(0.6)
})

test('the same lessons give the same answers, bit by bit', async () => {
  const [a, b] = [await open(), await open()]
  for (const router of [a, b]) await tell(router, requests(40, 3))
  for (const { text } of requests(20, 4)) expect(a.route(text)).toEqual(b.route(text))
})

test('a restart from the kept model and the lessons gives the same router', async () => {
  let kept: FormerModel = { model: undefined, upTo: 0 }
  const live = await open(undefined, { onTaught: (bytes, upTo) => (kept = { model: deserialize(bytes) as StoredModel, upTo }) })
  const asked = requests(45, 5)
  await tell(live, asked)
  expect(kept.upTo).toBeGreaterThan(0)
  const again = await open(kept)
  await tell(again, asked)
  for (const { text } of requests(20, 6)) expect(again.route(text)).toEqual(live.route(text))
})

test('what belongs to nobody is told from what belongs to somebody, where there is somebody for it', async () => {
  const nobodys = ['who won the match', 'what does the moon weigh', 'sing me an old song', 'how tall is the queen']
  const router = new LearnedRouter({ teacher: inline, onError: (error) => { throw error } })
  router.registerCards([...cards, { id: 'anyone', texts: ['anything else'] }], 'anyone')
  const asked = [...requests(60, 1), ...nobodys.flatMap((text) => [{ text: `${text} today`, field: 'anyone' }, { text: `${text} now`, field: 'anyone' }])]
  await tell(router, asked)
  const belonging = (text: string) => router.route(text)?.belonging ?? 0
  const inside = requests(20, 2).map(({ text }) => belonging(text))
  const outside = nobodys.map((text) => belonging(`${text} soon`))
  expect(Math.max(...outside)).toBeLessThan(Math.min(...inside))
  expect((await open()).route('the tulips')?.belonging).toBe(1)
})

test('the day is taught anew when it has brought more than a few rated runs, and a restart knows it', async () => {
  const kept: FormerModel[] = []
  const router = await open(undefined, { onTaught: (bytes, upTo) => kept.push({ model: deserialize(bytes) as StoredModel, upTo }) })
  await tell(router, requests(33, 8))
  const taught = kept.length
  router.teachTheDay()
  await router.settled()
  expect(kept).toHaveLength(taught)
  const asked = requests(37, 8)
  for (const [at, { text, field }] of asked.entries()) {
    router.noteRun({ runId: `r${at}`, text, specialtyId: 'baker' }, 2 * at + 1)
    if (at >= 33) router.feedback(`r${at}`, { shouldHaveBeen: field }, 'U1', 2 * at + 2)
  }
  router.teachTheDay()
  await router.settled()
  expect(kept).toHaveLength(taught + 1)
  const again = await open(kept.at(-1))
  await tell(again, asked)
  again.teachTheDay()
  await again.settled()
  expect(kept).toHaveLength(taught + 1)
  for (const { text } of requests(20, 6)) expect(again.route(text)).toEqual(router.route(text))
})

test('any text is answered or left alone, and a thumb on an unknown run changes nothing', async () => {
  const router = await open()
  await tell(router, requests(10, 7))
  const before = router.route('the tulips')
  router.feedback('nobody', 'down', 'U1')
  router.feedback('r1', { shouldHaveBeen: 'astrologer' }, 'U1')
  expect(router.route('the tulips')).toEqual(before)
  for (const text of ['', '   ', '\u0000\uD800', '💥'.repeat(5_000), 'a'.repeat(100_000), '<!channel> __proto__ constructor', '1234 5678', 'ﷺ'.repeat(300)]) {
    const confidence = router.route(text)?.confidence ?? 0
    expect(confidence).toBeGreaterThanOrEqual(0)
    expect(confidence).toBeLessThanOrEqual(1)
  }
})
