import { describe, expect, test } from '@jest/globals'
import { plan } from '../../../src/orchestration/swarms/plan.ts'
import { describeTopology } from '../../conformance/topology.ts'
import { Absent, aMember, createScriptedDesk, runTopology, type DeskOptions, type Script } from '../../fakes/scripted-desk.ts'

const task = (id: string, by: string, needs: readonly string[] = []) => ({ id, title: `Title ${id}`, what: `Do ${id}.`, needs, by })
const tasks = [task('t1', 'm1'), task('t2', 'm2'), task('t3', 'm3', ['t1']), task('t4', 'm1', ['t2', 't3'])]
const review = (over: object = {}) => ({ send_back: [], summary: 'All in all: Berlin.', show: [], ...over })

const strict: Script = ({ name, key }) => {
  if (name === 'plan') return { tasks }
  if (name === 'review') return review({ send_back: [{ part: 't2', missing: `Numbers (${key}).` }] })
  return `Result of ${key}`
}
const content: Script = (turn) => (turn.name === 'review' ? review() : strict(turn))

describeTopology({ topology: plan, script: strict })

const carryOut = async (script: Script, options: Partial<DeskOptions> = {}) => {
  const desk = createScriptedDesk({ script, ...options })
  return { desk, ...(await runTopology(plan, desk)) }
}
const readBy = (desk: ReturnType<typeof createScriptedDesk>, key: string) => desk.turns.find((turn) => turn.key === key)?.reads.map(({ title }) => title)

test('four parts that are fine take six calls: the plan, the parts and one review', async () => {
  const { desk, result } = await carryOut(content)
  expect(desk.calls.toSorted()).toEqual(['plan', 'review1', 'work:t1:m1', 'work:t2:m2', 'work:t3:m3', 'work:t4:m1'])
  expect(result).toMatchObject({ heading: 'Result', stoppedBy: 'done', rounds: 1 })
})

test('an objective that one member can do takes two calls and no review', async () => {
  const { desk, result } = await carryOut(({ name }) => (name === 'plan' ? { tasks: [task('t1', 'm2')] } : 'Done.'))
  expect(desk.calls).toEqual(['plan', 'work:t1:m2'])
  expect(result).toMatchObject({ stoppedBy: 'done', text: '**Title t1** (Member m2)\n\nDone.' })
})

test('the result says first what it comes to, then each part under the name of who did it', async () => {
  const { result } = await carryOut(content)
  expect(result.text).toMatch(/^All in all: Berlin\.\n\n\*\*Title t1\*\* \(Member m1\)\n\nResult of work:t1:m1\n\n\*\*Title t2\*\* \(Member m2\)/)
  expect(result.tally?.rows).toEqual([['Title t1', 'Member m1', 'done'], ['Title t2', 'Member m2', 'done'], ['Title t3', 'Member m3', 'done'], ['Title t4', 'Member m1', 'done']])
})

test('the lead says which parts a reader needs, and in which order', async () => {
  const { result } = await carryOut((turn) => (turn.name === 'review' ? review({ show: ['t4', 't1', 't4', 't9'] }) : strict(turn)))
  expect([...result.text.matchAll(/\*\*(Title t\d)\*\*/g)].map(([, title]) => title)).toEqual(['Title t4', 'Title t1'])
})

test('a task reads what it needs and nothing else of the others, and begins as soon as that is there', async () => {
  const { desk } = await carryOut(content)
  expect(readBy(desk, 'work:t1:m1')).toEqual(['The whole plan'])
  expect(readBy(desk, 'work:t4:m1')).toEqual(['The whole plan', 'Part t2: Title t2, by the Member m2', 'Part t3: Title t3, by the Member m3'])
  expect(readBy(desk, 'review1')).toHaveLength(4)
})

test('what the lead sends back is done again by who did it, with the remark, and looked at again', async () => {
  const { desk, events, result } = await carryOut((turn) => (turn.key === 'review2' ? review() : strict(turn)))
  expect(desk.calls.slice(-3)).toEqual(['review1', 'redo2:t2:m2', 'review2'])
  expect(readBy(desk, 'redo2:t2:m2')).toEqual(['The whole plan', 'Part t2: Title t2, by the Member m2', 'Remark of the lead'])
  expect(events).toContainEqual({ kind: 'turn', key: 'review1', member: expect.objectContaining({ id: 'j1' }), text: 'Sent back:\n- **Title t2** (Member m2): Numbers (review1).' })
  expect(result).toMatchObject({ stoppedBy: 'done', rounds: 2, text: expect.stringContaining('Result of redo2:t2:m2') })
  expect(result.text).not.toContain('Result of work:t2:m2')
})

test('what falls short to the end is named', async () => {
  const { result } = await carryOut(strict)
  expect(result).toMatchObject({ stoppedBy: 'rounds', text: expect.stringMatching(/\*\*What still falls short\*\*\n- Title t2: Numbers \(review2\)\.$/) })
  expect(result.tally?.rows[1]).toEqual(['Title t2', 'Member m2', 'falls short'])
})

test('what people say in the thread is read by the lead and by who does a part again', async () => {
  const words = [{ title: 'Alice', text: 'Mind the rent.' }]
  const { desk } = await carryOut(strict, { words: { hear1: words } })
  expect(readBy(desk, 'review1')?.at(-1)).toBe('Alice')
  expect(readBy(desk, 'redo2:t2:m2')?.at(-1)).toBe('Alice')
})

describe('when something fails', () => {
  const failing = (keys: readonly string[], script: Script = content): Script => (turn) => (keys.includes(turn.key) ? new Absent() : script(turn))

  test('a part goes to another member, and the result names that one', async () => {
    const { desk, result } = await carryOut(failing(['work:t2:m2']))
    expect(desk.calls).toContain('work:t2:m3')
    expect(result).toMatchObject({ stoppedBy: 'done' })
    expect(result.tally?.rows[1]).toEqual(['Title t2', 'Member m3', 'done'])
  })

  test('a part that nobody can do is reported, and the others go on without it', async () => {
    const { desk, result } = await carryOut(failing(['work:t2:m2', 'work:t2:m3']), { members: 5 })
    expect(result.text).toMatch(/Not done: Title t2\.$/)
    expect(result.tally?.rows[1]?.[2]).toBe('not done')
    expect(desk.turns.find(({ key }) => key === 'work:t4:m1')?.reads.find(({ title }) => title.startsWith('Part t2'))?.text).toContain('Nobody could do this part')
  })

  test('a part that cannot be done again stays as it was', async () => {
    const { result } = await carryOut(failing(['redo2:t2:m2', 'redo2:t2:m3'], strict), { members: 5 })
    expect(result.text).toContain('Result of work:t2:m2')
    expect(result.stoppedBy).toBe('rounds')
  })

  test('without a plan each member does what falls to its role, and nobody reviews', async () => {
    const members = [aMember('m1', { role: 'counts' }), aMember('m2')]
    const { desk, events, result } = await carryOut(failing(['plan']), { members })
    expect(desk.calls).toEqual(['plan', 'work:t1:m1', 'work:t2:m2'])
    expect(desk.turns.find(({ key }) => key === 'work:t1:m1')?.task).toContain('falls to you as Member m1: counts.')
    expect(events.filter(({ kind }) => kind === 'note')).toHaveLength(1)
    expect(result).toMatchObject({ stoppedBy: 'done', text: expect.stringContaining('**Part of the Member m2** (Member m2)') })
  })

  test('a plan without a usable task is none', async () => {
    const { desk } = await carryOut((turn) => (turn.name === 'plan' ? { tasks: [] } : content(turn)))
    expect(desk.calls).toEqual(expect.arrayContaining(['work:t1:m1', 'work:t2:m2', 'work:t3:m3']))
  })

  test('without a review the parts stand as they are', async () => {
    const { result } = await carryOut(failing(['review1']))
    expect(result).toMatchObject({ stoppedBy: 'done', text: expect.stringMatching(/^\*\*Title t1\*\*/) })
  })

  test('who says nothing has done nothing', async () => {
    const { result } = await carryOut((turn) => (turn.key === 'work:t2:m2' ? '  \n' : content(turn)))
    expect(result.tally?.rows[1]).toEqual(['Title t2', 'Member m3', 'done'])
  })

  test('plain words of the lead are taken as the summary', async () => {
    const { result } = await carryOut((turn) => (turn.name === 'review' ? 'It is fine as it is.' : strict(turn)))
    expect(result).toMatchObject({ stoppedBy: 'done', text: expect.stringMatching(/^It is fine as it is\.\n\n\*\*Title t1/) })
  })
})

test('the list tells who is at what, from nothing begun to all done', async () => {
  const { events } = await carryOut(content)
  const lists = events.flatMap((event) => (event.kind === 'list' ? [event.items.map(({ status }) => status)] : []))
  expect(lists[0]).toEqual(['in_progress', 'in_progress', 'pending', 'pending'])
  expect(lists.at(-1)).toEqual(['complete', 'complete', 'complete', 'complete'])
})

test('what a task reads stays bounded, however long the results are', async () => {
  const { desk } = await carryOut((turn) => (turn.name === 'work' ? 'x'.repeat(200_000) : content(turn)))
  const charsOf = (key: string) => desk.turns.find((turn) => turn.key === key)?.reads.reduce((sum, { text }) => sum + text.length, 0)
  expect(charsOf('work:t4:m1')).toBeLessThan(17_000)
  expect(charsOf('review1')).toBeLessThan(61_000)
})

test('a result of many long parts is cut part by part', async () => {
  const { result } = await carryOut((turn) => (turn.name === 'work' ? 'x'.repeat(200_000) : content(turn)))
  expect(result.text.length).toBeLessThan(31_000)
  expect(result.text.match(/\[…\]/g)).toHaveLength(4)
})
