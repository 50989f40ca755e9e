import { voteWeight } from '../../src/orchestration/swarms/ballots.ts'
import { createCollaborate } from '../../src/orchestration/swarms/collaborate.ts'
import { compete } from '../../src/orchestration/swarms/compete.ts'
import { debate } from '../../src/orchestration/swarms/debate.ts'
import { particle } from '../../src/orchestration/swarms/particle.ts'
import { diceFor } from './dice.ts'
import { differs, equals, exceeds, type Expectation } from './expectation.ts'
import { slopeOf } from './landscapes.ts'
import { simulate } from './simulated-desk.ts'
import type { Task } from './task.ts'
import { chanceThatVoteIsRight, shareAfterDebate, type Persuasion } from './theory.ts'
import { isRightText, opinionated, persuadable } from './yes-or-no.ts'

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1)
const each = async (seeds: number, run: (seed: number) => Promise<number>): Promise<readonly number[]> => {
  const values: number[] = []
  for (const seed of numbers(seeds)) values.push(await run(seed))
  return values
}
const opinionsOf = (seed: number, accuracies: readonly number[]) => (id: string): boolean => diceFor(seed, `opinion ${id}`).chance(accuracies[Number(id.slice(1)) - 1] ?? 0.5)

/** Votes against Condorcet's sum, and against each other where members differ. */
export async function measureVotes(seeds: number): Promise<readonly Expectation[]> {
  const vote = (rule: 'plurality' | 'weighted', accuracies: readonly number[]) =>
    each(seeds, async (seed) => {
      const { result } = await simulate(createCollaborate({ rule }), { members: accuracies.length, rounds: 1, seed, records: accuracies, reply: opinionated(opinionsOf(seed, accuracies)) })
      return Number(isRightText(result.text))
    })
  const alike = [0.7, 0.7, 0.7, 0.7, 0.7]
  const mixed = [0.9, 0.6, 0.6, 0.55, 0.55]
  const weights = mixed.map((accuracy) => voteWeight(accuracy))
  const [plain, weighted] = [await vote('plurality', mixed), await vote('weighted', mixed)]
  return [
    equals('majority of 5 who are right with 0.70', await vote('plurality', alike), chanceThatVoteIsRight(alike, alike.map(() => 1))),
    equals('majority of 5 with 0.90, 0.60, 0.60, 0.55, 0.55', plain, chanceThatVoteIsRight(mixed, mixed.map(() => 1))),
    equals('the same, weighted by record', weighted, chanceThatVoteIsRight(mixed, weights)),
    exceeds('weighted over plain majority of these', weighted, plain),
  ]
}

/** How often the best of five attempts wins. */
export async function measureJudging(seeds: number): Promise<readonly Expectation[]> {
  const rivals = (seed: number): readonly number[] => numbers(5).map((at) => diceFor(seed, `worth ${at}`).normal() * 1.5 + 5)
  const contest = (noise: number) =>
    each(seeds, async (seed) => {
      const worths = rivals(seed)
      const reply: Parameters<typeof simulate>[1]['reply'] = (turn, dice) => {
        if (turn.name === 'work') return `It is worth ${worths[Number(turn.member.id.slice(1)) - 1]?.toFixed(6)}`
        const seen = turn.reads.map(({ title, text }) => ({ title, score: Number(/worth ([-\d.]+)/.exec(text)?.[1]) + noise * dice.normal() }))
        if (turn.name === 'comparison') return { better: (seen[0]?.score ?? 0) > (seen[1]?.score ?? 0) ? 'A' : 'B', reason: '' }
        return { scores: seen.map(({ title, score }) => ({ candidate: title, correctness: score, completeness: score, usefulness: score, clarity: score, remark: '' })) }
      }
      const { result } = await simulate(compete, { members: 5, rounds: 1, seed, reply })
      return Number(result.text.includes(`worth ${Math.max(...worths).toFixed(6)}`))
    })
  // What one judge with this noise would pick, by the same attempts.
  const single = await each(seeds, async (seed) => {
    const worths = rivals(seed)
    const { normal } = diceFor(seed, 'single judge')
    const seen = worths.map((worth) => worth + normal())
    return Number(worths[seen.indexOf(Math.max(...seen))] === Math.max(...worths))
  })
  return [equals('judges without noise find the best of 5', await contest(0), 1), exceeds('three judges with noise 1.0 over one', await contest(1), single)]
}

/** Views at the end of a debate against the Markov chain of its persuasion. */
export async function measurePersuasion(seeds: number): Promise<readonly Expectation[]> {
  const settings: readonly Persuasion[] = [
    { members: 5, accuracy: 0.4, toRight: 0.5, toWrong: 0.1, rounds: 3 },
    { members: 5, accuracy: 0.6, toRight: 0.2, toWrong: 0.2, rounds: 4 },
  ]
  const found: Expectation[] = []
  for (const setting of settings) {
    const { members, accuracy, toRight, toWrong, rounds } = setting
    const shares = await each(seeds, async (seed) => {
      const { result } = await simulate(debate, { members, rounds, seed, reply: persuadable(opinionsOf(seed, numbers(members).map(() => accuracy)), toRight, toWrong) })
      const positions = result.tally?.rows.map((row) => isRightText(row[1] ?? '')) ?? []
      return positions.filter(Boolean).length / members
    })
    found.push(equals(`share that is right after ${rounds} rounds, at first ${accuracy}, convinced by ${toRight} and ${toWrong}`, shares, shareAfterDebate(setting)))
  }
  return found
}

/** Moves against as many calls spent on independent answers, with the same judge: in few axes there is no telling, in many there is. */
export async function measureSearch(seeds: number): Promise<readonly Expectation[]> {
  const found: Expectation[] = []
  for (const axes of [2, 6, 16, 32]) {
    const task = slopeOf(axes)
    const [moved, guessed, calls]: [number[], number[], number[]] = [[], [], []]
    for (const seed of numbers(seeds)) {
      const { result, calls: made } = await simulate(particle, { members: 5, rounds: 5, seed, reply: task.replies(seed), ...(task.embed ? { embed: task.embed } : {}) })
      moved.push(task.worth(result.text, seed))
      calls.push(made)
      guessed.push(guess(task, seed, made - 1))
    }
    const made = calls.reduce((sum, count) => sum + count, 0) / calls.length
    found.push((axes < 16 ? differs : exceeds)(`particle search over random search, ${axes} axes`, moved, guessed, [made, made]))
  }
  return found
}

/** The worth of what a judge finds best among so many answers that nobody has moved. */
function guess(task: Task, seed: number, count: number): number {
  const member = { id: 'm1', name: '', icon: '', specialtyId: '', role: '', record: 0.5 }
  const write = (at: number): string => String(task.replies(seed)({ name: 'work', key: '', member, task: '', reads: [], maxOutputTokens: 1 }, diceFor(seed, `guess ${at}`)))
  const { normal } = diceFor(seed, 'judge of guesses')
  const worths = numbers(count).map((at) => task.worth(write(at), seed))
  const seen = worths.map((worth) => worth + 0.5 * normal())
  return worths[seen.indexOf(Math.max(...seen))] ?? 0
}
