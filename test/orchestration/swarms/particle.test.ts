import { describe, expect, test } from '@jest/globals'
import { particle } from '../../../src/orchestration/swarms/particle.ts'
import { describeTopology } from '../../conformance/topology.ts'
import { Absent, createScriptedDesk, runTopology, type DeskOptions, type Script, type ScriptedTurn } from '../../fakes/scripted-desk.ts'

const topics = ['rent and contracts', 'people and travel', 'taxes and law', 'noise and light', 'parks and food']
const written = ({ key, member }: ScriptedTurn, text = `${member.id} ${key} ${topics[Number(member.id.slice(1)) - 1]}`) => ({ answer: text, weakness: 'It is short.', own_score: 9 })
const scores = ({ reads }: ScriptedTurn, scoreOf: (text: string) => number) => ({
  scores: reads.map(({ title, text }) => ({ answer: title.replace('Answer ', ''), score: scoreOf(text), reason: `Because of ${scoreOf(text)}.` })),
})
const roundIn = (text: string): number => Number(/round(\d)/.exec(text)?.[1] ?? 0)

/** Each round is better than the one before, and of one round m1 is best. */
const rising: Script = (turn) => (turn.name === 'scores' ? scores(turn, (text) => roundIn(text) + (text.startsWith('m1') ? 0.5 : 0)) : written(turn))
const agreeing: Script = (turn) => (turn.name === 'scores' ? scores(turn, () => 6) : written(turn, 'The same words of all.'))

describeTopology({ topology: particle, script: rising, agreeing })

const run = async (script: Script, options: Partial<DeskOptions> = {}) => {
  const desk = createScriptedDesk({ script, members: 3, rounds: 3, ...options })
  return { desk, ...(await runTopology(particle, desk)) }
}
const readsOf = (turns: readonly ScriptedTurn[], key: string) => turns.find((turn) => turn.key === key)?.reads ?? []

describe('a particle swarm', () => {
  test('takes n + 1 calls a round, and one note instead of a message for each answer', async () => {
    const { desk, events, result } = await run(rising)
    expect(desk.calls).toHaveLength(12)
    expect(events.filter(({ kind }) => kind === 'turn')).toEqual([])
    expect(events.filter(({ kind }) => kind === 'note').map((event) => 'text' in event && event.text)).toEqual([
      expect.stringMatching(/^Round 1: best 1\.5 by Member m1; mean 1\.2; spread \d/),
      expect.stringMatching(/^Round 2: best 2\.5 by Member m1 \(before: 1\.5 by Member m1\)/),
      expect.stringMatching(/^Round 3: best 3\.5/),
    ])
    expect(result).toMatchObject({ heading: 'Result', stoppedBy: 'rounds', rounds: 3, runnerUp: { who: 'Member m2' } })
    expect(result.text).toContain('_Written by Member m1 in round 3; 3.5 of 10._')
    expect(result.text).toContain('- Round 2: Member m1, 2.5. Because of 2.5.')
    expect(result.tally?.rows[0]).toEqual(['Member m1', '1.5', '2.5', '3.5'])
  })

  test('draws its way as one picture at the end', async () => {
    const { events } = await run(rising)
    const pictures = events.filter(({ kind }) => kind === 'picture')
    expect(pictures).toHaveLength(1)
    expect(events.at(-1)).toMatchObject({ kind: 'picture', title: 'The way of the swarm' })
    expect((await run(rising, { rounds: 1 })).events.some(({ kind }) => kind === 'picture')).toBe(false)
  })

  test('asks a member to move by stated shares towards answers that it is shown', async () => {
    const { desk } = await run(rising)
    const turn = desk.turns.find(({ key }) => key === 'round2:m3')
    const steps = turn?.task.match(/- \d+ % of the way to answer [BCD]/g) ?? []
    expect(steps.length).toBeGreaterThan(0)
    for (const step of steps) expect(turn?.reads.some(({ title }) => title.startsWith(`Answer ${step.at(-1)},`))).toBe(true)
    expect(turn?.reads.find(({ title }) => title.startsWith('Answer C'))).toMatchObject({ title: "Answer C, the swarm's best", text: expect.stringMatching(/^m1 round1.*Score: 1\.5 of 10\..*Judge: Because of 1\.5/s) })
    expect(desk.turns.find(({ key }) => key === 'round3:m3')?.task).toMatch(/73 % on in the direction in which you last changed|\d+ % on in the direction/)
  })

  test('lets who wrote the best look about near it, without being drawn', async () => {
    const { desk } = await run(rising)
    const task = desk.turns.find(({ key }) => key === 'round2:m1')?.task
    expect(task).not.toContain("the swarm's best")
  })

  test('judges without names and in an order of its own, the best so far among the new answers', async () => {
    const { desk } = await run(rising, { members: 5, seed: 3 })
    const first = readsOf(desk.turns, 'round1:scores')
    expect(first.map(({ title }) => title)).toEqual(['Answer 1', 'Answer 2', 'Answer 3', 'Answer 4', 'Answer 5'])
    expect(first.map(({ text }) => text.slice(0, 2))).not.toEqual(['m1', 'm2', 'm3', 'm4', 'm5'])
    expect(readsOf(desk.turns, 'round2:scores')).toHaveLength(6)
  })

  test('gives up a best answer that a second look finds worse', async () => {
    const second: Script = (turn) => (turn.name === 'scores' ? scores(turn, (text) => (text.startsWith('m2 round1') ? (turn.key === 'round1:scores' ? 9 : 1) : text.startsWith('m1') ? 6 : 4)) : written(turn))
    const { result } = await run(second, { rounds: 2 })
    expect(result.text).toContain('_Written by Member m1')
  })

  test('sends half of a swarm that is together away, and ends when that brings nothing', async () => {
    const { desk, result, events } = await run(agreeing, { members: 4 })
    expect(desk.turns.filter(({ key, task }) => key.startsWith('round2:m') && /[Aa]way from answer A/.test(task))).toHaveLength(2)
    expect(events.find((event) => event.kind === 'note' && event.key === 'note2')).toMatchObject({ text: expect.stringContaining('2 were sent away from the crowd.') })
    expect(result).toMatchObject({ stoppedBy: 'converged', rounds: 2 })
  })

  test('ends as stuck when two rounds bring nothing better', async () => {
    const flat: Script = (turn) => (turn.name === 'scores' ? scores(turn, () => 5) : written(turn))
    const { result } = await run(flat, { rounds: 6 })
    expect(result).toMatchObject({ stoppedBy: 'stuck', rounds: 3 })
  })

  test('asks another judge after one has failed, and what is judged counts more than what its writer says', async () => {
    const script: Script = (turn) => (turn.member.id === 'j1' ? new Absent() : rising(turn))
    const { desk, result, events } = await run(script, { rounds: 2 })
    expect(desk.turns.filter(({ name }) => name === 'scores').map(({ member }) => member.id)).toEqual(['j1', 'j2'])
    expect(events.find(({ kind }) => kind === 'absent')).toMatchObject({ key: 'round1:scores' })
    expect(result.text).toContain('in round 2; 2.5 of 10._')
  })

  test('says so where nobody but the writer has scored the answer', async () => {
    const { result } = await run((turn) => (turn.name === 'scores' ? new Absent() : written(turn)), { rounds: 1 })
    expect(result.text).toContain('9.0 of 10 by its own writer, because no judge could be heard')
  })

  test('hears people from the second round on', async () => {
    const { desk } = await run(rising, { words: { hear2: [{ title: 'Alice', text: 'Mind the rent.' }] } })
    expect(readsOf(desk.turns, 'round2:m1').at(-1)).toEqual({ title: 'Alice', text: 'Mind the rent.' })
  })

  test('takes plain words as an answer, and odd labels of the judge for what they are', async () => {
    const { result } = await run((turn) => (turn.name === 'scores' ? { scores: [{ answer: 'Answer 99', score: 10, reason: '' }] } : `Plain words of ${turn.member.id}.`), { rounds: 1 })
    expect(result.text).toMatch(/^Plain words of m1\./)
  })
})
