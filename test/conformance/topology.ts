import { describe, expect, test } from '@jest/globals'
import { quorumOf, type SwarmEvent, type Topology } from '../../src/orchestration/swarms/topology.ts'
import { Absent, createScriptedDesk, runTopology, type DeskOptions, type Script } from '../fakes/scripted-desk.ts'

/** A topology with a script that plays one whole swarm: the same turn gets the same answer. */
export interface TopologyCase {
  readonly topology: Topology
  /** For 4 members and 3 rounds, and for 40 and 10, that do not converge early. */
  readonly script: Script
  /** A script whose members agree as early as this topology can see it; undefined where agreement ends nothing. */
  readonly agreeing?: Script
  /** The script answers by who is asked what, whatever was read; then who comes late changes nothing that was said before. */
  readonly readsNothing?: boolean
}

const shape = { members: 4, rounds: 3 } as const
/** One turn may read a word of each of 40 members, most read what few have said: prompts must not grow with the swarm. */
const mostReadings = 48
const mostReadingsOnAverage = 16
class Crash extends Error {}

/** What holds for every topology. */
export function describeTopology({ topology, script, agreeing, readsNothing = false }: TopologyCase): void {
  const run = async (options: Partial<DeskOptions> = {}) => {
    const desk = createScriptedDesk({ ...shape, script, ...options })
    return { desk, ...(await runTopology(topology, desk)) }
  }

  describe(`the topology ${topology.name}`, () => {
    test('ends with a result, within the calls that it announces', async () => {
      const { desk, result } = await run()
      expect(result.text.trim()).not.toBe('')
      expect(desk.calls.length).toBeGreaterThan(0)
      expect(desk.calls.length).toBeLessThanOrEqual(topology.mostCalls(shape.members, shape.rounds))
    })

    test('gives the same result and tells the same for the same script', async () => {
      const [first, second] = [await run(), await run()]
      expect(second.result).toEqual(first.result)
      expect(told(second.events)).toEqual(told(first.events))
      expect(second.desk.calls).toEqual(first.desk.calls)
    })

    test('lets members speak side by side: a round is one wait, not many', async () => {
      const { desk } = await run()
      expect(desk.mostAtOnce).toBeGreaterThanOrEqual(2)
    })

    test('goes on after a crash at any call without making a finished call again', async () => {
      const whole = await run()
      for (let at = 0; at < whole.desk.calls.length; at++) {
        const journal = new Map<string, unknown>()
        const beforeCall = (_: string, madeBefore: number): void => {
          if (madeBefore === at) throw new Crash()
        }
        await expect(run({ journal, beforeCall })).rejects.toThrow(Crash)
        const finished = new Set([...journal.keys()].filter((key) => !key.startsWith('kept:')))
        const { desk, result } = await run({ journal })
        expect(result).toEqual(whole.result)
        expect(desk.calls.filter((key) => finished.has(key))).toEqual([])
        expect([...finished, ...desk.calls].toSorted()).toEqual(whole.desk.calls.toSorted())
      }
    })

    test('stops at once when the run is cancelled', async () => {
      const whole = await run()
      for (const after of [0, 1, Math.floor(whole.desk.calls.length / 2)]) {
        const controller = new AbortController()
        const beforeCall = (_: string, madeBefore: number): void => {
          if (madeBefore === after) controller.abort(new Error('cancelled'))
        }
        await expect(run({ signal: controller.signal, beforeCall })).rejects.toThrow('cancelled')
      }
    })

    test('ends cleanly wherever the budget ends, and says so', async () => {
      const whole = await run()
      for (let room = 0; room < whole.desk.calls.length; room++) {
        const { desk, result } = await run({ room })
        expect(desk.calls.length).toBeLessThanOrEqual(room)
        expect(result.stoppedBy).toBe('budget')
      }
    })

    test('comes to the result of a whole run when it goes on after the budget had ended, with room now', async () => {
      const whole = await run()
      for (let room = 0; room < whole.desk.calls.length; room++) {
        const journal = new Map<string, unknown>()
        await run({ journal, room })
        forgetStops(journal)
        expect((await run({ journal })).result).toEqual(whole.result)
      }
    })

    const testWithoutReading = readsNothing ? test : test.skip
    testWithoutReading('comes to the result of a whole run when those who were absent can be asked when it goes on', async () => {
      const whole = await run()
      for (const memberId of ['m1', 'm2', 'm3', 'm4', 'j1', 'j2', 'j3']) {
        const journal = new Map<string, unknown>()
        await run({ journal, script: without(script, [memberId]) })
        forgetStops(journal)
        expect((await run({ journal })).result).toEqual(whole.result)
      }
    })

    test('takes no new round when the time is up, and still ends with what is there', async () => {
      const { result, desk } = await run({ timeForTurns: 1 })
      expect(result.stoppedBy).toBe('time')
      expect(result.text.trim()).not.toBe('')
      expect(desk.calls.length).toBeLessThan(topology.mostCalls(shape.members, shape.rounds))
    })

    test('goes on without a member that fails, and names it', async () => {
      const { events, result } = await run({ script: without(script, ['m2']) })
      expect(result.text.trim()).not.toBe('')
      expect(result.stoppedBy).not.toBe('absent')
      expect(events.filter(({ kind }) => kind === 'absent').map((event) => 'member' in event && event.member.id)).toContain('m2')
    })

    test('ends as absent when too few members are left, also when nobody is', async () => {
      const lost = Array.from({ length: shape.members - quorumOf(shape.members) + 1 }, (_, at) => `m${at + 1}`)
      expect((await run({ script: without(script, lost) })).result.stoppedBy).toBe('absent')
      const nobody = await run({ script: () => new Absent() })
      expect(nobody.result.stoppedBy).toBe('absent')
      expect(nobody.result.text).toBe('')
    })

    test('does without judges that fail', async () => {
      const { result } = await run({ script: without(script, ['j1', 'j2', 'j3']) })
      expect(result.text.trim()).not.toBe('')
    })

    test('holds with two members and one round', async () => {
      const { result, desk } = await run({ members: 2, rounds: 1 })
      expect(result.text.trim()).not.toBe('')
      expect(desk.calls.length).toBeLessThanOrEqual(topology.mostCalls(2, 1))
    })

    test('makes no more calls than it announces, and lets nobody read more, with 40 members and ten rounds', async () => {
      const { desk } = await run({ members: 40, rounds: 10 })
      expect(desk.calls.length).toBeLessThanOrEqual(topology.mostCalls(40, 10))
      const read = desk.turns.map(({ reads }) => reads.length)
      expect(Math.max(...read)).toBeLessThanOrEqual(mostReadings)
      expect(read.reduce((sum, count) => sum + count, 0) / read.length).toBeLessThanOrEqual(mostReadingsOnAverage)
    })

    if (agreeing) {
      test('stops early when all agree', async () => {
        const { result, desk } = await run({ script: agreeing })
        expect(result.stoppedBy).toBe('converged')
        expect(desk.calls.length).toBeLessThan((await run()).desk.calls.length)
      })
    }
  })
}

const without =
  (script: Script, memberIds: readonly string[]): Script =>
  (turn) =>
    memberIds.includes(turn.member.id) ? new Absent() : script(turn)

/** The real desk forgets what stood in the way when a run goes on after somebody made room. */
function forgetStops(journal: Map<string, unknown>): void {
  for (const [key, value] of journal) if (key.startsWith('kept:') && (value === 'budget' || value === 'time')) journal.delete(key)
}

/** Side by side answers may come in any order; what is told of them is the same. */
const told = (events: readonly SwarmEvent[]): string[] => events.map((event) => JSON.stringify(event, (_, value: unknown) => (value instanceof Uint8Array ? value.length : value))).toSorted()
