import { diceFor } from './dice.ts'
import { judge, mean, numbersIn, type Task } from './task.ts'

const placeIn = (text: string): readonly number[] => /at ([-\d., ]+)/.exec(text)?.[1]?.split(',').map(Number) ?? []

/**
 * A landscape with one summit in so many axes: what lies between good answers is good, too. A writer moves as its prompt says, missing by `miss` in each
 * axis; from afresh it writes anywhere between -1 and 1.
 */
export function slopeOf(axes: number, miss = 0.15): Task {
  const targetOf = (seed: number): readonly number[] => {
    const { share } = diceFor(seed, 'target')
    return Array.from({ length: axes }, () => 1.4 * share() - 0.7)
  }
  /** Ten at the target, falling with the mean distance in an axis; about 2 at a place drawn at random. */
  const height = (text: string, seed: number): number => {
    const place = placeIn(text)
    return Math.max(0, 10 - 11 * Math.sqrt(mean(targetOf(seed).map((value, at) => (value - (place[at] ?? 0)) ** 2))))
  }
  return {
    worth: height,
    // Vectors of models have length 1: a constant keeps near places near.
    embed: (text) => [...placeIn(text), Math.sqrt(axes)],
    replies: (seed) => (turn, dice) => {
      const { name, task, reads } = turn
      const write = (place: readonly number[]): string => `at ${place.map((value) => value.toFixed(4)).join(', ')}`
      const anywhere = Array.from({ length: axes }, () => 2 * dice.share() - 1)
      if (name === 'work') return write(anywhere)
      if (name !== 'candidate') return judge(turn, dice, { seen: (text) => height(text, seed), noise: 0.5 })
      const shown = new Map(reads.map(({ title, text }) => [/^Answer ([A-DP]),/.exec(title)?.[1] ?? '', placeIn(text)]))
      const here = shown.get('A')
      if (!here) return { answer: write(anywhere), weakness: '', own_score: 5 }
      return { answer: write(here.map((_, axis) => follow(task, shown, axis) + miss * dice.normal())), weakness: '', own_score: 5 }
    },
  }
}

/** Where the steps of a prompt lead from answer A, in one axis. */
function follow(task: string, shown: ReadonlyMap<string, readonly number[]>, axis: number): number {
  const here = shown.get('A')?.[axis] ?? 0
  const pulls = [...task.matchAll(/(\d+) % (of the way to|away from) answer ([BCD])/g)].map(([, share, way, label = '']) => (Number(share) / 100) * (way === 'away from' ? -1 : 1) * ((shown.get(label)?.[axis] ?? here) - here))
  const onward = (Number(/(\d+) % on in the direction/.exec(task)?.[1] ?? 0) / 100) * (here - (shown.get('P')?.[axis] ?? here))
  return pulls.reduce((sum, pull) => sum + pull, here + onward)
}

/** One answer in twelve, found only from afresh, is worth 9; the others about 5, and whatever lies between is no better. */
export const lure: Task = {
  worth: (text) => mean(numbersIn(text, 'worth')),
  embed: (text) => [mean(numbersIn(text, 'worth')) > 8 ? 1 : 0, 1, 0.1 * mean(numbersIn(text, 'worth'))],
  replies: () => (turn, dice) => {
    const fresh = (): string => `It is worth ${(dice.chance(1 / 12) ? 9 : 5 + 0.5 * dice.normal()).toFixed(3)}`
    if (turn.name === 'work') return fresh()
    if (turn.name !== 'candidate') return judge(turn, dice, { seen: (text) => mean(numbersIn(text, 'worth')), noise: 0.5 })
    const follows = turn.reads.some(({ text }) => mean(numbersIn(text, 'worth')) > 8) && dice.chance(0.5)
    const answer = turn.key.startsWith('round1') ? fresh() : `It is worth ${(follows ? 9 : 5 + 0.5 * dice.normal()).toFixed(3)}`
    return { answer, weakness: '', own_score: 5 }
  },
}
