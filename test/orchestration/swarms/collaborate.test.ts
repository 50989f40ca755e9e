import { expect, test } from '@jest/globals'
import { collaborate, createCollaborate } from '../../../src/orchestration/swarms/collaborate.ts'
import { describeTopology } from '../../conformance/topology.ts'
import { Absent, aMember, createScriptedDesk, runTopology, type DeskOptions, type Script, type ScriptedTurn } from '../../fakes/scripted-desk.ts'

const proposal = (id: string, overrides: object = {}) => ({ position: `The way of ${id}.`, text: `All by ${id}.`, takes_from: [], backs: id, ...overrides })

/** Letters of the candidates in the order of these members; members that stand for nothing are left out. */
const letters = ({ reads }: ScriptedTurn, ...ids: string[]): string[] =>
  ids.flatMap((id) => reads.find(({ text }) => new RegExp(`\\b${id}\\b`).test(text))?.title.replace('Candidate ', '') ?? [])

const disputing: Script = (turn) => {
  const { name, member } = turn
  if (name === 'work') return `The part of ${member.id}. More of it.`
  return name === 'ballot' ? { ranking: letters(turn, member.id), reason: `${member.id} says so.` } : proposal(member.id)
}
const agreeing: Script = (turn) => (turn.name === 'proposal' ? proposal(turn.member.id, { backs: 'm2' }) : disputing(turn))

describeTopology({ topology: collaborate, script: disputing, agreeing, readsNothing: true })

const hold = async (script: Script, options: Partial<DeskOptions> = {}, topology = collaborate) => {
  const desk = createScriptedDesk({ script, ...options })
  return { desk, ...(await runTopology(topology, desk)) }
}

/** Everybody votes for these, in this order. */
const voting =
  (...ids: string[]): Script =>
  (turn) =>
    turn.name === 'ballot' ? { ranking: letters(turn, ...ids), reason: 'Most whole.' } : disputing(turn)

test('three members in two rounds take nine calls: three drafts, three whole answers, three ballots', async () => {
  const { desk, result } = await hold(voting('m2', 'm1', 'm3'))
  expect(desk.calls).toHaveLength(9)
  expect(collaborate.mostCalls(3, 2)).toBe(9)
  expect(result).toMatchObject({ heading: 'Consensus', stoppedBy: 'rounds', rounds: 2, dissent: [] })
  expect(result.text).toMatch(/^All by m2\./)
  expect(result.tally).toEqual({
    caption: 'Ranked by points (Borda); 3 of 3 voted',
    columns: ['Candidate', 'Position', 'Points', 'First choices'],
    rows: [['Member m2', 'The way of m2.', '6', '3'], ['Member m1', 'The way of m1.', '3', '0'], ['Member m3', 'The way of m3.', '0', '0']],
  })
})

test('drafts are written apart, then all read all, and ballots show no names', async () => {
  const { desk } = await hold(disputing)
  const readBy = (key: string) => desk.turns.find((turn) => turn.key.startsWith(key))?.reads.map(({ title }) => title)
  expect(readBy('round1:m2')).toEqual([])
  expect(readBy('round2:m2')).toEqual(['m1', 'm2', 'm3'].map((id) => `Contribution of ${id}, the Member ${id}`))
  expect(readBy('ballot:m2:')).toEqual(['Candidate A', 'Candidate B', 'Candidate C'])
})

test('a planner is not asked: each is told who works beside it', async () => {
  const members = [aMember('m1', { name: 'Analyst' }), aMember('m2', { name: 'Writer', role: 'the wording' })]
  const { desk } = await hold(disputing, { members })
  expect(desk.turns.find(({ key }) => key === 'round1:m1')?.task).toContain('Beside you: Writer (the wording).')
})

test('names who contributed what', async () => {
  const { result } = await hold((turn) => (turn.name === 'proposal' ? proposal(turn.member.id, { takes_from: ['m3', 'M1', 'm9', 'm2', 'm3'] }) : voting('m2')(turn)))
  expect(result.text).toContain(['**Who contributed what**', '- Member m2 (joined it): The part of m2.', '- Member m3: The part of m3.', '- Member m1: The part of m1.'].join('\n'))
})

test('when all back the same contribution no ballots are cast', async () => {
  const { desk, result } = await hold(agreeing)
  expect(desk.calls).toHaveLength(6)
  expect(result).toMatchObject({ stoppedBy: 'converged', text: expect.stringMatching(/^All by m2\./), dissent: [] })
  expect(result.tally?.rows).toEqual(['m1', 'm2', 'm3'].map((id) => [`Member ${id}`, 'Member m2']))
})

test('dissent is named with its reasons', async () => {
  const { result } = await hold((turn) => (turn.key.startsWith('ballot:m3') ? { ranking: letters(turn, 'm3', 'm2'), reason: 'It is mine.' } : voting('m2', 'm1')(turn)))
  expect(result.dissent).toEqual([{ who: 'Member m3', text: 'For Member m3: It is mine.' }])
})

test('records decide where they differ, else ranks', async () => {
  const members = [aMember('m1', { record: 0.95 }), aMember('m2', { record: 0.55 }), aMember('m3', { record: 0.55 })]
  const minority: Script = (turn) => (turn.name === 'ballot' ? { ranking: letters(turn, turn.member.id === 'm1' ? 'm1' : 'm2'), reason: '' } : disputing(turn))
  const weighted = await hold(minority, { members })
  expect(weighted.result).toMatchObject({ text: expect.stringMatching(/^All by m1/), tally: { caption: 'First choices weighted by record; 3 of 3 voted' } })
  const ranked = await hold(minority)
  expect(ranked.result.text).toMatch(/^All by m2/)
})

test('another rule may be chosen, also one that nobody may win by', async () => {
  const strict = createCollaborate({ rule: 'majority' })
  const { result } = await hold(disputing, {}, strict)
  expect(result.text).toMatch(/^No candidate has the votes that it needs, so these positions stand undecided:\n- Member m1: The way of m1\./)
  expect((await hold(voting('m3'), {}, strict)).result.text).toMatch(/^All by m3/)
})

test('abstentions, spoilt ballots and letters of nobody are counted as such', async () => {
  const { result } = await hold((turn) => {
    if (turn.key.startsWith('ballot:m1')) return { ranking: [], reason: 'No opinion.' }
    return turn.key.startsWith('ballot:m2') ? { ranking: ['Q'], reason: '' } : voting('m3')(turn)
  })
  expect(result.tally?.caption).toBe('Ranked by points (Borda); 1 of 3 voted, 1 abstained, 1 spoilt')
  expect(result.text).toMatch(/^All by m3/)
})

test('without a quorum at the vote nobody wins', async () => {
  const { result, events } = await hold((turn) => (turn.name === 'ballot' && turn.member.id !== 'm3' ? new Absent('budget') : voting('m3')(turn)))
  expect(result).toMatchObject({ stoppedBy: 'budget', text: expect.stringMatching(/^Only 1 of 3 members voted/) })
  expect(events.filter(({ kind }) => kind === 'absent')).toHaveLength(2)
})

test('one round has whole answers of each, and a vote', async () => {
  const { desk, result } = await hold(
    (turn) => (turn.name === 'work' ? `Answer of ${turn.member.id}. It holds.` : { ranking: letters(turn, 'm3'), reason: '' }),
    { rounds: 1 },
  )
  expect(desk.calls).toHaveLength(6)
  expect(result.text).toMatch(/^Answer of m3\. It holds\./)
})

test('a vote among many is held between those that most back', async () => {
  const backed: Script = (turn) => (turn.name === 'proposal' ? proposal(turn.member.id, { backs: Number(turn.member.id.slice(1)) % 2 === 0 ? 'm20' : 'm11' }) : voting('m11', 'm20')(turn))
  const { desk, result } = await hold(backed, { members: 40 })
  expect(desk.turns.filter(({ name }) => name === 'ballot').every(({ reads }) => reads.length === 8)).toBe(true)
  expect(result.text).toMatch(/^All by m11\./)
})

test('what people say in the thread is read in the next round and before the vote', async () => {
  const said = { title: 'Alice', text: 'Mind the rent.' }
  const { desk } = await hold(disputing, { words: { hear2: [said], 'hear:ballots2': [said] } })
  for (const key of ['round2:m1', 'ballot:m1']) expect(desk.turns.find((turn) => turn.key.startsWith(key))?.reads.at(-1)).toEqual(said)
})

test('plain words are taken as an answer', async () => {
  const { result } = await hold((turn) => (turn.name === 'proposal' ? `Plain words of ${turn.member.id}. And more.` : voting('m2')(turn)))
  expect(result.text).toMatch(/^Plain words of m2\. And more\./)
})
