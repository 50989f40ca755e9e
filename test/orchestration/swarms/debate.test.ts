import { expect, test } from '@jest/globals'
import { debate } from '../../../src/orchestration/swarms/debate.ts'
import { describeTopology } from '../../conformance/topology.ts'
import { createScriptedDesk, runTopology, type DeskOptions, type Script } from '../../fakes/scripted-desk.ts'

const verdict = { verdict: 'Berlin, because of the people.', follows: 'm1', confidence: 0.8, reasons: ['Most staff live there.'], would_change: 'A rent twice as high.' }
const speech = (overrides: object = {}) => ({ position: 'Berlin.', argument: 'The people are there.', citations: [], holds_with: 'm1', confidence: 0.7, ...overrides })

const disputing: Script = ({ name, member }) => (name === 'verdict' ? verdict : speech({ position: `${member.id} is right.`, holds_with: member.id }))
const agreeing: Script = ({ name, key, member }) => (name === 'verdict' ? verdict : speech({ holds_with: key.startsWith('round1') ? member.id : 'm1' }))

describeTopology({ topology: debate, script: disputing, agreeing })

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
  expect(readBy('verdict')).toHaveLength(6)
})

test('what people say in the thread is read in the next round', async () => {
  const { desk } = await hold(disputing, { words: { hear2: [{ title: 'Alice', text: 'Mind the rent.' }] } })
  expect(desk.turns.find(({ key }) => key === 'round2:m1')?.reads.at(-1)).toEqual({ title: 'Alice', text: 'Mind the rent.' })
})

test('citations of what nobody said are not shown', async () => {
  const { events } = await hold(({ name, key, member }) => {
    if (name === 'verdict') return verdict
    const citations = key === 'round2:m1' ? [{ speech: 'm2.1', quote: 'm2 is right.' }, { speech: 'm9.1', quote: 'Nobody said it.' }, { speech: 'm1.1', quote: 'I said it.' }] : []
    return speech({ citations, holds_with: member.id })
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
