import { auto } from '../../src/orchestration/swarms/auto.ts'
import { collaborate } from '../../src/orchestration/swarms/collaborate.ts'
import { compete } from '../../src/orchestration/swarms/compete.ts'
import { debate } from '../../src/orchestration/swarms/debate.ts'
import { particle } from '../../src/orchestration/swarms/particle.ts'
import { plan } from '../../src/orchestration/swarms/plan.ts'
import type { Topology } from '../../src/orchestration/swarms/topology.ts'
import { diceFor } from './dice.ts'
import { atMost, exceeds, type Expectation } from './expectation.ts'
import { lure, slopeOf } from './landscapes.ts'
import { simulate, type Outcome, type Reply } from './simulated-desk.ts'
import type { Task } from './task.ts'
import { hiddenSteps, manyParts, onePiece, question } from './tasks.ts'
import { isRightText, opinionated, persuadable } from './yes-or-no.ts'

/** One topology on one kind of task, and a competition that may make at least as many calls. */
interface Match {
  readonly topology: Topology
  readonly members: number
  readonly rounds: number
  /** Members of the competition. */
  readonly rivals: number
  readonly task: Task
  readonly name: string
  readonly wins: boolean
}

/** Members are right with 0.4, but who is right convinces (0.5 a round), and who is wrong hardly does (0.1). */
const arguable: Task = {
  worth: (text) => Number(isRightText(text)),
  replies: (seed): Reply => {
    const isRight = (id: string): boolean => diceFor(seed, `opinion ${id}`).chance(id.startsWith('j') ? 0.6 : 0.4)
    const [debating, competing] = [persuadable(isRight, 0.5, 0.1), opinionated(isRight)]
    return (turn, dice) => (turn.name === 'speech' || turn.name === 'verdict' ? debating(turn, dice) : competing(turn, dice))
  },
}

export const matches: readonly Match[] = [
  { topology: collaborate, members: 7, rounds: 1, rivals: 8, task: question(0.7), name: 'a question whose answer nobody can check by looking', wins: true },
  { topology: collaborate, members: 4, rounds: 3, rivals: 5, task: onePiece, name: 'one piece whose worth shows', wins: false },
  { topology: debate, members: 4, rounds: 3, rivals: 8, task: arguable, name: 'a question on which the better argument convinces', wins: true },
  { topology: debate, members: 4, rounds: 3, rivals: 7, task: onePiece, name: 'one piece whose worth shows', wins: false },
  { topology: plan, members: 3, rounds: 2, rivals: 7, task: manyParts, name: 'six parts that need attention each', wins: true },
  { topology: plan, members: 4, rounds: 2, rivals: 3, task: onePiece, name: 'one piece whose worth shows', wins: false },
  { topology: auto, members: 2, rounds: 8, rivals: 9, task: hiddenSteps, name: 'six steps that show one after the other', wins: true },
  { topology: auto, members: 3, rounds: 3, rivals: 3, task: onePiece, name: 'one piece whose worth shows', wins: false },
  { topology: particle, members: 4, rounds: 4, rivals: 12, task: slopeOf(16), name: 'an answer to be made better by degrees', wins: true },
  { topology: particle, members: 4, rounds: 4, rivals: 7, task: lure, name: 'a rare answer that no step leads to', wins: false },
]

/** Who does better, seed by seed. */
export async function measureMatches(seeds: number): Promise<readonly Expectation[]> {
  const found: Expectation[] = []
  for (const { topology, members, rounds, rivals, task, name, wins } of matches) {
    const [own, other] = [await play(topology, task, { members, rounds, seeds }), await play(compete, task, { members: rivals, rounds: 1, seeds })]
    const calls = [meanOf(own.map((outcome) => outcome.calls)), meanOf(other.map((outcome) => outcome.calls))] as const
    const [ours, theirs] = [own, other].map((outcomes) => outcomes.map(({ result }, at) => task.worth(result.text, at + 1)))
    const [first, second] = wins ? [ours, theirs] : [theirs, ours]
    // Who is to lose may not have had fewer calls.
    const isFair = wins ? calls[1] >= calls[0] : calls[0] >= calls[1]
    const held = exceeds(`${wins ? `${topology.name} over compete` : `compete over ${topology.name}`}: ${name} (${meanOf(first ?? []).toFixed(2)} to ${meanOf(second ?? []).toFixed(2)})`, first ?? [], second ?? [], calls)
    found.push({ ...held, holds: held.holds && isFair })
  }
  return found
}

/** What a plain program for the same work would call: each candidate judged by itself, and nothing decided without a call. */
export async function measureCalls(seeds: number): Promise<readonly Expectation[]> {
  const plain = [
    { topology: collaborate, task: question(0.7), members: 5, rounds: 1, calls: 5 + 5, what: '5 drafts, 5 votes' },
    { topology: compete, task: onePiece, members: 5, rounds: 1, calls: 5 + 3 * 5, what: '5 attempts, each scored by 3 judges' },
    { topology: debate, task: arguable, members: 3, rounds: 2, calls: 3 * 2 + 1, what: '6 speeches, a verdict' },
    { topology: plan, task: manyParts, members: 3, rounds: 2, calls: 1 + 6 + 1 + 6 + 1, what: 'a plan, 6 parts, a review, what is sent back, a review' },
    { topology: particle, task: slopeOf(16), members: 4, rounds: 4, calls: 4 * (4 + 4), what: '4 rounds of 4 answers, each scored' },
    { topology: auto, task: hiddenSteps, members: 2, rounds: 8, calls: 1 + 8 * 2, what: 'a list, 8 tasks, a decision after each' },
  ]
  const found: Expectation[] = []
  for (const { topology, task, members, rounds, calls, what } of plain) {
    const outcomes = await play(topology, task, { members, rounds, seeds })
    found.push(atMost(`calls of ${topology.name}: ${what}`, outcomes.map((outcome) => outcome.calls), calls))
  }
  return found
}

async function play(topology: Topology, { replies, embed }: Task, { members, rounds, seeds }: { readonly members: number; readonly rounds: number; readonly seeds: number }): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (let seed = 1; seed <= seeds; seed++) outcomes.push(await simulate(topology, { members, rounds, seed, reply: replies(seed), ...(embed ? { embed } : {}) }))
  return outcomes
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
