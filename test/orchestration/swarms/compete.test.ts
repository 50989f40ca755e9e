import { expect, test } from '@jest/globals'
import { compete } from '../../../src/orchestration/swarms/compete.ts'
import { describeTopology } from '../../conformance/topology.ts'
import { Absent, createScriptedDesk, runTopology, type DeskOptions, type Script, type ScriptedTurn } from '../../fakes/scripted-desk.ts'

/** Points by the text of an attempt, the same by every criterion. */
const scoring =
  (pointsOf: (text: string, turn: ScriptedTurn) => number, better: (texts: readonly string[]) => string = () => 'none'): Script =>
  (turn) => {
    const { name, member, key, reads } = turn
    if (name === 'work') return `Attempt of ${member.id} in ${key.split(':')[0]}.`
    if (name === 'comparison') return { better: better(reads.map(({ text }) => text)), reason: 'Clearer.' }
    return {
      scores: reads.filter(({ title }) => title.startsWith('Candidate ')).map(({ title, text }) => {
        const points = pointsOf(text, turn)
        return { candidate: title.replace('Candidate ', ''), correctness: points, completeness: points, usefulness: points, clarity: points, remark: `On ${text}` }
      }),
    }
  }

const seatOf = (text: string): number => Number(/m(\d+)/.exec(text)?.[1])
const clear = scoring((text) => seatOf(text) % 10)
const alike = scoring(() => 7)

describeTopology({ topology: compete, script: clear, agreeing: (turn) => (turn.name === 'work' ? 'Forty-two.' : clear(turn)), readsNothing: true })

const hold = async (script: Script, options: Partial<DeskOptions> = {}) => {
  const desk = createScriptedDesk({ script, rounds: 1, ...options })
  return { desk, ...(await runTopology(compete, desk)) }
}

test('three attempts and three judges take six calls where the best is clear', async () => {
  const { desk, result } = await hold(clear)
  expect(desk.calls).toHaveLength(6)
  expect(result).toMatchObject({ heading: 'Winner', stoppedBy: 'done', rounds: 1, dissent: [], runnerUp: { who: 'Member m2', text: 'Attempt of m2 in round1.' } })
  expect(result.text).toContain('Attempt of m3 in round1.')
  expect(result.text).toContain('3.0 of 10 points')
  expect(result.text).toContain('- On Attempt of m3')
  expect(result.tally?.rows.map(([who, ...points]) => [who, points.at(-1)])).toEqual([['Member m3', '3.0'], ['Member m2', '2.0'], ['Member m1', '1.0']])
})

test('takes as many calls as it announces when all lie close', async () => {
  for (const [members, rounds] of [[2, 1], [3, 1], [4, 3], [9, 2], [40, 2]] as const) {
    const { desk } = await hold(alike, { members, rounds })
    expect(desk.calls).toHaveLength(compete.mostCalls(members, rounds))
  }
})

test('nobody sees the attempt of another, and judges see no names, each in an order of its own', async () => {
  const { desk } = await hold(clear, { members: 6, rounds: 2, seed: 3 })
  const work = desk.turns.filter(({ name }) => name === 'work')
  for (const { member, reads } of work) expect(reads.filter(({ text }) => text.startsWith('Attempt of')).every(({ text }) => text.startsWith(`Attempt of ${member.id} `))).toBe(true)
  expect(new Set(work.filter(({ key }) => key.startsWith('round1')).map(({ task }) => task)).size).toBe(1)
  const sheets = desk.turns.filter(({ name, key }) => name === 'scores' && key.startsWith('round1'))
  expect(sheets.flatMap(({ reads }) => reads.map(({ title }) => title)).filter((title) => !/^Candidate [A-F]$/.test(title))).toEqual([])
  expect(new Set(sheets.map(({ reads }) => reads.map(({ text }) => text).join())).size).toBe(3)
})

test('in a second round the better half improve their own attempt by what the judges said, and the best so far stands beside', async () => {
  const { desk, result } = await hold(scoring((text) => (text.includes('m2 in round2') ? 9 : seatOf(text))), { members: 4, rounds: 2 })
  expect(desk.turns.filter(({ key }) => key.startsWith('round2:m')).map(({ key, reads }) => [key, reads.map(({ title }) => title)])).toEqual([
    ['round2:m4', ['Your attempt', 'What judges said of it']],
    ['round2:m3', ['Your attempt', 'What judges said of it']],
  ])
  expect(desk.turns.find(({ key }) => key.startsWith('round2:score:j1:'))?.reads.map(({ text }) => text).toSorted()).toEqual(['Attempt of m3 in round2.', 'Attempt of m4 in round1.', 'Attempt of m4 in round2.'])
  expect(result.rounds).toBe(2)
})

test('where scores are close, pairs in both orders decide', async () => {
  const likesM1 = (texts: readonly string[]): string => 'AB'[texts.findIndex((text) => text.includes('m1'))] ?? 'none'
  const { desk, result } = await hold(scoring((text) => (seatOf(text) === 3 ? 7.2 : 7), likesM1))
  expect(desk.calls.filter((key) => key.startsWith('pair:'))).toHaveLength(6)
  expect(result.text).toContain('Attempt of m1')
  expect(result.text).toContain('better in 4 of 4 comparisons')
  expect(result.dissent).toContainEqual({ who: 'Member j1', text: 'For Member m3: On Attempt of m3 in round1.' })
})

test('a judge that always names the first place decides nothing', async () => {
  const firstPlace = await hold(scoring((text) => (seatOf(text) === 2 ? 7.3 : 7), () => 'A'))
  expect(firstPlace.result.text).toContain('Attempt of m2')
})

test('judges that name nobody who was put up leave the attempts undecided', async () => {
  const { result } = await hold((turn) => (turn.name === 'work' ? clear(turn) : { scores: [{ candidate: 'Z', correctness: 9, completeness: 9, usefulness: 9, clarity: 9, remark: '' }] }))
  expect(result.text).toMatch(/^No judge could be heard, so these attempts stand undecided:/)
  expect(result.stoppedBy).toBe('absent')
})

test('the budget that ends between the calls of a round is named, and what was judged stands', async () => {
  const { result } = await hold((turn) => (turn.key.startsWith('round1:score:j2:') ? new Absent('budget') : clear(turn)))
  expect(result.stoppedBy).toBe('budget')
  expect(result.text).toContain('Attempt of m3')
})

test('one attempt that is left wins without a judge', async () => {
  const { desk, result } = await hold((turn) => (turn.member.id === 'm2' ? clear(turn) : new Absent()))
  expect(desk.calls).toHaveLength(3)
  expect(result).toMatchObject({ stoppedBy: 'absent', text: expect.stringContaining('It is the only attempt.') })
  expect(result.runnerUp).toBeUndefined()
})

test('an empty attempt is none', async () => {
  const { result } = await hold((turn) => (turn.name === 'work' && turn.member.id === 'm3' ? '  ' : clear(turn)))
  expect(result.tally?.rows.map(([who]) => who)).toEqual(['Member m2', 'Member m1'])
})

test('what people say in the thread is read by the judges', async () => {
  const said = { title: 'Alice', text: 'Mind the rent.' }
  const { desk } = await hold(clear, { words: { hear1: [said] } })
  expect(desk.turns.find(({ name }) => name === 'scores')?.reads.at(-1)).toEqual(said)
})
