import type { Answered, Member, SwarmDesk, SwarmResult, Topology, Turn, WorkTurn } from '../../src/orchestration/swarms/topology.ts'
import { diceFor, type Dice } from './dice.ts'

/** How a simulated agent answers a turn: from what stands in it, and by chance. `name` is `work` for a piece of work. */
export type Reply = (turn: WorkTurn & { readonly name: string }, dice: Dice) => unknown

export interface Simulated {
  readonly reply: Reply
  readonly members: number
  readonly rounds: number
  readonly seed: number
  /** Of each member; default 0.5. */
  readonly records?: readonly number[]
  /** Where a text lies; default: all texts at one place. */
  readonly embed?: (text: string) => readonly number[]
}

export interface Outcome {
  readonly result: SwarmResult
  readonly calls: number
}

/** Runs a real topology with simulated agents to its end. */
export async function simulate(topology: Topology, simulated: Simulated): Promise<Outcome> {
  const { members, rounds, seed, reply, records = [], embed = () => [1] } = simulated
  let calls = 0
  async function answer<T>(turn: Turn<T> | WorkTurn, read: (value: unknown) => T): Promise<Answered<T>> {
    calls++
    return { isThere: true, member: turn.member, value: read(reply({ ...turn, name: 'name' in turn ? turn.name : 'work' }, diceFor(seed, turn.key))) }
  }
  const seat = (id: string, record = 0.5): Member => ({ id, name: `Member ${id}`, icon: ':robot_face:', specialtyId: 'generalist', role: '', record })
  const desk: SwarmDesk = {
    objective: 'A simulated one.',
    material: [],
    members: Array.from({ length: members }, (_, at) => seat(`m${at + 1}`, records[at])),
    judges: ['j1', 'j2', 'j3'].map((id) => seat(id)),
    rounds,
    random: diceFor(seed, 'desk').share,
    ask: (turn) => answer(turn, (value) => turn.schema.parse(value)),
    work: (turn) => answer(turn, String),
    stopsBefore: async () => undefined,
    hear: async () => [],
    embed: async (_, texts) => texts.map((text) => Float32Array.from(embed(text))),
  }
  const running = topology.run(desk)
  for (;;) {
    const step = await running.next()
    if (step.done) return { result: step.value, calls }
  }
}
