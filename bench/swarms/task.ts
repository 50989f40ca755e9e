import { points } from './yes-or-no.ts'
import type { Dice } from './dice.ts'
import type { Reply } from './simulated-desk.ts'

/** A kind of task: how simulated agents go about it in any topology, and what the outcome is worth. */
export interface Task {
  readonly replies: (seed: number) => Reply
  readonly worth: (text: string, seed: number) => number
  readonly embed?: (text: string) => readonly number[]
}

/** Numbers that stand behind a word. */
export const numbersIn = (text: string, word: string): readonly number[] => [...text.matchAll(new RegExp(`${word} (-?\\d+(?:\\.\\d+)?)`, 'g'))].map(([, number]) => Number(number))
export const mean = (numbers: readonly number[]): number => (numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length)

/** Judges who see `seen` with this noise, in the forms of competition and of particle search. */
export function judge({ name, reads }: Parameters<Reply>[0], dice: Dice, { seen, noise }: { readonly seen: (text: string) => number; readonly noise: number }): unknown {
  const scored = reads.map(({ title, text }) => ({ title, score: Math.min(10, Math.max(0, seen(text) + noise * dice.normal())) }))
  const [first, second] = scored
  if (name === 'comparison') return { better: (first?.score ?? 0) > (second?.score ?? 0) ? 'A' : 'B', reason: '' }
  if (name === 'ballot') return { ranking: scored.toSorted((a, b) => b.score - a.score).map(({ title }) => title), reason: '' }
  if (scored.every(({ title }) => title.startsWith('Candidate'))) return { scores: scored.map(({ title, score }) => ({ candidate: title, ...points(score), remark: '' })) }
  return { scores: scored.map(({ title, score }) => ({ answer: title.replace('Answer ', ''), score, reason: '' })) }
}

