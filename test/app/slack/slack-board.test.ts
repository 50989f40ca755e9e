import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { BoardState } from '../../../src/orchestration/thread-port.ts'
import type { Request } from '../../../src/storage/records.ts'
import { SlackPlace } from './slack-place.ts'

let place: SlackPlace
beforeEach(async () => {
  place = await SlackPlace.open()
})
afterEach(async () => {
  await place.workspace.close()
})

const aState = (round: number, over: Partial<BoardState> = {}): BoardState => ({
  title: 'Debate: 3 agents',
  items: [{ id: 'm1', title: 'Writer', status: 'in_progress', detail: `round ${round}` }],
  line: `round ${round} of 9`,
  ...over,
})
const updates = () => place.workspace.calls('chat.update').length
const shows = (request: Request, text: string) => JSON.stringify(place.replies(request).at(-1)?.blocks ?? []).includes(text)

test('a board is one message that comes to show the newest state, however fast states come', async () => {
  const request = await place.ask()
  const board = place.threadFor(request).openBoard()
  for (let round = 1; round <= 9; round++) board.show(aState(round))
  await place.until('the newest state', () => shows(request, 'round 9 of 9'))
  expect(place.replies(request)).toHaveLength(1)
  expect(updates()).toBeLessThanOrEqual(1)
  expect(shows(request, 'stop_run')).toBe(true)
  await place.whileTimePasses(board.close(aState(9, { title: 'Debate: over', line: '$0.0100' })))
  expect(shows(request, 'Debate: over')).toBe(true)
  expect(shows(request, 'stop_run')).toBe(false)
  board.show(aState(1))
  expect(shows(request, 'Debate: over')).toBe(true)
})

test('after a restart the same message is brought up to date', async () => {
  const request = await place.ask()
  place.threadFor(request).openBoard().show(aState(1))
  await place.until('the board', () => shows(request, 'round 1 of 9'))
  const board = place.threadFor(request).openBoard()
  board.show(aState(2))
  await place.until('the new state', () => shows(request, 'round 2 of 9'))
  expect(place.replies(request)).toHaveLength(1)
})

test('a board that Slack refuses fails nothing', async () => {
  const request = await place.ask()
  const board = place.threadFor(request).openBoard()
  board.show(aState(1))
  await place.until('the board', () => shows(request, 'round 1 of 9'))
  place.workspace.faults.add({ method: 'chat.update', kind: 'error', error: 'message_not_found', times: 9 })
  board.show(aState(2))
  await place.whileTimePasses(board.close(aState(3)))
  expect(place.replies(request)).toHaveLength(1)
})

test('what agents wrote in a title calls nobody and breaks no form', async () => {
  const request = await place.ask()
  const board = place.threadFor(request).openBoard()
  const items = Array.from({ length: 60 }, (_, at) => ({ id: `t${at}`, title: `<!channel> ${'x'.repeat(400)}`, status: 'pending' as const, detail: '' }))
  await board.close({ title: '<!channel>', items: [...items, { id: 'e', title: ' ', status: 'error', detail: '' }], line: '' })
  const [shown] = place.replies(request)
  expect(JSON.stringify(shown).includes('<!channel>')).toBe(false)
  expect(shows(request, '… and 36 more')).toBe(true)
})

test('a member speaks under its own name, and with its name before the text where the app may not take one', async () => {
  const request = await place.ask()
  const writer = { name: 'Writer', icon: ':memo:' }
  await place.threadFor(request).speak('m1', writer, 'First.')
  expect(place.workspace.calls('chat.postMessage').at(-1)?.args).toMatchObject({ username: 'Writer', icon_emoji: ':memo:' })
  place.workspace.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'missing_scope' })
  await place.threadFor(request).speak('m2', writer, 'Second.')
  await place.threadFor(request).speak('m3', writer, 'Third.')
  expect(place.texts(request)).toEqual(['First.', '**Writer**\n\nSecond.', '**Writer**\n\nThird.'])
  await place.threadFor(request).speak('m3', writer, 'Third.')
  expect(place.replies(request)).toHaveLength(3)
})
