import { describe, expect, test } from '@jest/globals'
import { auto } from '../../../src/orchestration/swarms/auto.ts'
import { describeTopology } from '../../conformance/topology.ts'
import { Absent, createScriptedDesk, runTopology, type DeskOptions, type Script } from '../../fakes/scripted-desk.ts'

const task = (title: string, by: string, needs: readonly number[] = []) => ({ title, what: `Do ${title}.`, by, needs })
const decision = (over: object = {}) => ({ tasks: [], order: [], drop: [], is_done: false, answer: '', show: [], ...over })
const start = decision({ tasks: [task('Look around', 'm1'), task('Count', 'm2'), task('Ask', 'm3'), task('Draw', 'm4')] })

/** A new task after each step. */
const busy: Script = ({ name, key }) => {
  if (name === 'work') return `Result of ${key}`
  const step = Number(key.slice('decide'.length))
  return step === 0 ? start : decision({ tasks: [task(`More ${step}`, 'm1'), task(`Other ${step}`, 'm2')], answer: step === 3 ? 'As far as we know: Berlin.' : '' })
}
/** The end after so many steps. */
const doneAfter = (last: number, over: object = {}): Script => (turn) =>
  turn.key === `decide${last}` ? decision({ is_done: true, answer: 'Berlin.', ...over }) : busy(turn)

describeTopology({ topology: auto, script: busy })

const work = async (script: Script, options: Partial<DeskOptions> = {}) => {
  const desk = createScriptedDesk({ script, members: 4, rounds: 4, ...options })
  return { desk, ...(await runTopology(auto, desk)) }
}
const notes = (events: Awaited<ReturnType<typeof work>>['events']): string[] => events.flatMap((event) => (event.kind === 'note' ? [event.text] : []))
const says = (text: string, title = 'Alice') => [{ title, text }]
const readBy = (desk: ReturnType<typeof createScriptedDesk>, key: string) => desk.turns.find((turn) => turn.key === key)?.reads

test('the tasks at the top are done side by side, then the lead decides: one call each', async () => {
  const { desk, result } = await work(doneAfter(1))
  expect(desk.calls.toSorted()).toEqual(['decide0', 'decide1', 'step1:1:m1', 'step1:2:m2', 'step1:3:m3', 'step1:4:m4'])
  expect(result).toMatchObject({ heading: 'Result', text: 'Berlin.', stoppedBy: 'done', rounds: 1 })
  expect(result.tally?.rows[0]).toEqual(['1', 'Look around', 'Member m1', 'done'])
})

test('a task waits for what it needs, and reads its result whole', async () => {
  const { desk } = await work((turn) => (turn.key === 'decide0' ? decision({ tasks: [task('Look', 'm1'), task('Write', 'm2', [1])] }) : doneAfter(2)(turn)))
  expect(desk.calls).not.toContain('step1:2:m2')
  expect(readBy(desk, 'step2:2:m2')).toContainEqual({ title: 'Part 1: Look, by the Member m1', text: 'Result of step1:1:m1' })
})

test('what is left undone is said, and what the lead wants shown is shown under who did it', async () => {
  const { result } = await work(doneAfter(2, { show: [2], tasks: [task('Later', 'm1')] }))
  expect(result.text).toBe('Berlin.\n\n**Count** (Member m2)\n\nResult of step1:2:m2\n\nLeft undone: 7. Later.')
})

test('an objective that needs no list is answered at once', async () => {
  const { desk, result } = await work(() => decision({ is_done: true, answer: '42.' }))
  expect(desk.calls).toEqual(['decide0'])
  expect(result).toMatchObject({ stoppedBy: 'done', text: '42.', rounds: 0 })
})

describe('people change the list from the thread', () => {
  test('what they add is done before the end is declared', async () => {
    const { desk, events, result } = await work(doneAfter(2, {}), { words: { hear2: says('add: ask the landlord') } })
    expect(notes(events)).toContain('Added 7. ask the landlord')
    expect(desk.calls.filter((key) => key.startsWith('step3:7'))).toHaveLength(1)
    expect(result.tally?.rows[6]).toEqual(['7', 'ask the landlord', expect.any(String), 'done'])
  })

  test('what they drop is not done, and what they put first is', async () => {
    const fewer: Script = (turn) => (turn.key === 'decide0' ? decision({ tasks: [task('One', 'm1'), task('Two', 'm1'), task('Three', 'm2'), task('Four', 'm1')] }) : turn.name === 'decision' ? decision() : busy(turn))
    const { desk, events } = await work(fewer, { members: 2, words: { hear1: says('drop 3\nfirst: 4') } })
    expect(desk.calls.filter((key) => key.startsWith('step2'))).toEqual(['step2:4:m1'])
    expect(notes(events)).toContain('Dropped 3. Three\nFirst now: 4')
  })

  test('stop ends it with what is there', async () => {
    const { desk, result } = await work(busy, { words: { hear1: says('stop') } })
    expect(desk.calls).not.toContain('decide1')
    expect(result).toMatchObject({ stoppedBy: 'asked', text: expect.stringContaining('**Ask** (Member m3)') })
  })

  test('other words are read by the lead and in the next step', async () => {
    const { desk } = await work(doneAfter(3), { words: { hear1: says('Mind the rent.') } })
    for (const key of ['decide1', 'step2:5:m1']) expect(readBy(desk, key)?.at(-1)).toEqual({ title: 'Alice', text: 'Mind the rent.' })
    expect(readBy(desk, 'step3:7:m1')?.at(-1)?.title).not.toBe('Alice')
  })

  test('the lead cannot drop what a person asked for', async () => {
    const script: Script = (turn) => (turn.key === 'decide1' ? decision({ drop: [5] }) : doneAfter(2)(turn))
    const { result } = await work(script, { words: { hear1: says('add: mine') } })
    expect(result.tally?.rows[4]).toEqual(['5', 'mine', expect.any(String), 'done'])
  })
})

describe('it is stuck', () => {
  test('when the lead states again what is on the list, and nothing is left to do', async () => {
    const { result } = await work((turn) => (turn.key === 'decide1' ? decision({ tasks: [task('look AROUND', 'm1')] }) : busy(turn)))
    expect(result).toMatchObject({ stoppedBy: 'stuck', rounds: 1 })
    expect(result.text).toContain('Result of step1:1:m1')
  })

  test('when two steps bring nothing new', async () => {
    const { result } = await work((turn) => (turn.name === 'work' ? 'The same.' : busy(turn)), { rounds: 9 })
    expect(result).toMatchObject({ stoppedBy: 'stuck', rounds: 3 })
  })
})

describe('when something fails', () => {
  test('a task goes to another member in the next step, and is given up when that one fails, too', async () => {
    const script: Script = (turn) => (turn.key.includes(':2:') ? '' : busy(turn))
    const { desk, result } = await work(script)
    expect(desk.calls.filter((key) => key.includes(':2:'))).toEqual(['step1:2:m2', 'step2:2:m1'])
    expect(result.tally?.rows[1]?.[3]).toBe('failed')
  })

  test('without a list each member does what falls to its role', async () => {
    const { events, result } = await work((turn) => (turn.name === 'decision' ? new Absent('form') : busy(turn)))
    expect(notes(events)[0]).toContain('no usable list')
    expect(result).toMatchObject({ stoppedBy: 'done', text: expect.stringContaining('**Part of the Member m1** (Member m1)') })
  })
})

test('a list that only grows ends at its bounds', async () => {
  const many = (step: string) => decision({ tasks: Array.from({ length: 20 }, (_, at) => task(`Task ${step} ${at}`, 'm1')) })
  const { desk, result } = await work(({ name, key }) => (name === 'work' ? `Result of ${key}` : many(key)), { rounds: 10, members: 2 })
  expect(result.stoppedBy).toBe('rounds')
  expect(result.tally?.rows).toHaveLength(30)
  expect(desk.calls.length).toBeLessThanOrEqual(auto.mostCalls(2, 10))
})

test('what the lead reads stays bounded, however long the results are', async () => {
  const { desk } = await work((turn) => (turn.name === 'work' ? `${turn.key} ${'x'.repeat(100_000)}` : busy(turn)))
  for (const { reads } of desk.turns) expect(reads.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(45_000)
})
