import { expect, test } from '@jest/globals'
import { debate } from '../../../src/orchestration/swarms/debate.ts'
import { describeTopology } from '../../conformance/topology.ts'
import { Absent, createScriptedDesk, runTopology, type DeskOptions, type Script } from '../../fakes/scripted-desk.ts'

const verdictKey = 'verdict:6'
const verdict = { verdict: 'Berlin, because of the people.', follows: 'm1', confidence: 0.8, reasons: ['Most staff live there.'], would_change: 'A rent twice as high.' }
const speech = (overrides: object = {}) => ({ position: 'Berlin.', argument: 'The people are there.', citations: [], holds_with: 'm1', confidence: 0.7, ...overrides })

const disputing: Script = ({ name, member }) => (name === 'verdict' ? verdict : speech({ position: `${member.id} is right.`, holds_with: member.id }))
const agreeing: Script = ({ name, key, member }) => (name === 'verdict' ? verdict : speech({ holds_with: key.startsWith('round1') ? member.id : 'm1' }))

describeTopology({ topology: debate, script: disputing, agreeing, readsNothing: true })

const hold = async (script: Script, options: Partial<DeskOptions> = {}) => {
  const desk = createScriptedDesk({ script, ...options })
  return { desk, ...(await runTopology(debate, desk)) }
}

test('a debate of three in two rounds takes seven calls: six speeches and a verdict', async () => {
  const { desk, events, result } = await hold(disputing)
  expect(desk.calls).toHaveLength(7)
  expect(events.filter(({ kind }) => kind === 'turn')).toHaveLength(6)
  expect(result).toMatchObject({ heading: 'Verdict', stoppedBy: 'rounds', rounds: 2, confidence: 0.8 })
  expect(result.text).toContain('What would change it:** A rent twice as high.')
})

test('nobody reads the others in the first round, and everybody in the second', async () => {
  const { desk } = await hold(disputing)
  const readBy = (key: string) => desk.turns.find((turn) => turn.key === key)?.reads.map(({ title }) => title)
  expect(readBy('round1:m2')).toEqual([])
  expect(readBy('round2:m2')).toEqual(['Speech m1.1 of the Member m1', 'Speech m2.1 of the Member m2', 'Speech m3.1 of the Member m3'])
  expect(readBy(verdictKey)?.toSorted()).toEqual(['m1.1', 'm1.2', 'm2.1', 'm2.2', 'm3.1', 'm3.2'].map((id) => `Speech ${id}`))
  expect(readBy(verdictKey)?.map((title) => title.at(-1)).join('')).toBe('111222')
})

test('what people say in the thread is read in the next round', async () => {
  const { desk } = await hold(disputing, { words: { hear2: [{ title: 'Alice', text: 'Mind the rent.' }] } })
  expect(desk.turns.find(({ key }) => key === 'round2:m1')?.reads.at(-1)).toEqual({ title: 'Alice', text: 'Mind the rent.' })
})

test('the judge hears what people said last', async () => {
  const said = { title: 'Alice', text: 'Mind the rent.' }
  const { desk } = await hold(disputing, { words: { 'hear:verdict:6': [said] } })
  expect(desk.turns.at(-1)?.reads.at(-1)).toEqual(said)
})

test('in a large debate each reads eight, those that answered it and the leaders of camps among them, and the judge the newest of each', async () => {
  const { desk } = await hold(
    ({ name, key, member }) => {
      if (name === 'verdict') return verdict
      const citations = key === 'round2:m30' ? [{ speech: 'm5.1', quote: 'm5 is right.' }] : []
      return speech({ position: `${member.id} is right.`, citations, holds_with: Number(member.id.slice(1)) % 2 === 0 ? 'm20' : member.id })
    },
    { members: 40, rounds: 3 },
  )
  const readBy = (key: string) => desk.turns.find((turn) => turn.key === key)?.reads.map(({ title }) => /Speech (\S+)/.exec(title)?.[1])
  expect(readBy('round3:m5')).toEqual([1, 2].flatMap((round) => ['m1', 'm3', 'm5', 'm6', 'm7', 'm8', 'm20', 'm30'].map((id) => `${id}.${round}`)))
  expect(readBy('verdict:120')?.toSorted()).toEqual(Array.from({ length: 40 }, (_, at) => `m${at + 1}.3`).toSorted())
})

test('all but one in ten make a position common in a large debate, and one dissenter among nine does not', async () => {
  const nearly: Script = ({ name, member }) => (name === 'verdict' ? verdict : speech({ holds_with: ['m4', 'm5'].includes(member.id) ? member.id : 'm1' }))
  expect((await hold(nearly, { members: 20, rounds: 5 })).result).toMatchObject({ stoppedBy: 'converged', rounds: 2 })
  expect((await hold(nearly, { members: 19, rounds: 3 })).result).toMatchObject({ stoppedBy: 'rounds', rounds: 3 })
})

test('a position is held with whom the id names, also by a speech; with itself where it names nobody', async () => {
  const holding = (holds: string): Script => ({ name }) => (name === 'verdict' ? verdict : speech({ holds_with: holds }))
  expect((await hold(holding('M2.1'))).result.stoppedBy).toBe('converged')
  for (const nobody of ['m9', 'myself', '', 'm2 and m3']) expect((await hold(holding(nobody))).result.stoppedBy).toBe('rounds')
})

test('a quote that is not in the speech it names is not shown, and a true one is whatever its marks', async () => {
  const { events } = await hold(({ name, key, member }) => {
    if (name === 'verdict') return verdict
    const quotes = ['The *people*  are “there”', 'The people are gone', '...', 'The people are there', 'people', 'there']
    return speech({ argument: 'The people are there.', citations: key === 'round2:m1' ? quotes.map((quote) => ({ speech: 'm2.1', quote })) : [], holds_with: member.id })
  })
  const shown = events.find((event) => event.kind === 'turn' && event.key === 'round2:m1')
  const lines = shown?.kind === 'turn' ? shown.text.split('\n').filter((line) => line.startsWith('>')) : []
  expect(lines).toEqual(['> Member m2: The *people* are “there”', '> Member m2: The people are there', '> Member m2: people'])
})

test('a judge that fails is named', async () => {
  const { events, result } = await hold((turn) => (turn.name === 'verdict' ? new Absent('form') : disputing(turn)))
  expect(events).toContainEqual(expect.objectContaining({ kind: 'absent', key: verdictKey, reason: 'form' }))
  expect(result).toMatchObject({ stoppedBy: 'absent', text: expect.stringMatching(/^No judge could be heard/) })
})

test('citations of what nobody said are not shown', async () => {
  const { events } = await hold(({ name, key, member }) => {
    if (name === 'verdict') return verdict
    const citations = key === 'round2:m1' ? [{ speech: 'm2.1', quote: 'm2 is right.' }, { speech: 'm9.1', quote: 'Nobody said it.' }, { speech: 'm1.1', quote: 'I said it.' }] : []
    return speech({ position: `${member.id} is right.`, citations, holds_with: member.id })
  })
  const shown = events.find((event) => event.kind === 'turn' && event.key === 'round2:m1')
  expect(shown).toMatchObject({ text: expect.stringContaining('> Member m2: m2 is right.') })
  expect(JSON.stringify(shown)).not.toMatch(/Nobody said it|I said it/)
})

test('dissent names those who hold another position than the verdict follows', async () => {
  const { result } = await hold(({ name, key, member }) => (name === 'verdict' ? verdict : speech({ position: `${member.id}!`, holds_with: key === 'round2:m3' ? 'm1' : member.id })))
  expect(result.dissent).toEqual([{ who: 'Member m2', text: 'm2!' }])
})

test('plain words are taken as a speech and, from the judge, as a verdict', async () => {
  const { result } = await hold(() => 'Take the train. It is cheaper.')
  expect(result.text).toBe('Take the train. It is cheaper.')
  expect(result.confidence).toBeUndefined()
  expect(result.tally?.rows[0]).toEqual(['Member m1', 'Take the train.', '50 %'])
})
