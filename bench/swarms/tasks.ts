import { diceFor } from './dice.ts'
import { judge, mean, numbersIn, type Task } from './task.ts'
import { isRightText, opinionated } from './yes-or-no.ts'

const pieces = ['a', 'b', 'c', 'd', 'e', 'f']

/** One piece whose attempts differ (normal, 5 +- 1.5 of 10), and whose worth shows (noise 0.5). Nothing is gained by parts, words or steps. */
export const onePiece: Task = {
  worth: (text) => mean(numbersIn(text, 'worth')),
  replies: () => (turn, dice) => {
    const { name, reads, member } = turn
    const attempt = (): string => `It is worth ${(5 + 1.5 * dice.normal()).toFixed(3)}`
    const own = reads.find(({ title }) => new RegExp(`\\b${member.id}\\b`).test(title))?.text
    if (name === 'work') return attempt()
    if (name === 'plan') return { tasks: pieces.map((id) => ({ id, title: `Piece ${id}`, what: `Do piece ${id}.`, needs: [], by: '' })) }
    if (name === 'review') return { send_back: [], summary: '', show: [] }
    if (name === 'decision') return { tasks: turn.key === 'decide0' ? pieces.map((id) => ({ title: `Piece ${id}`, what: `Do piece ${id}.`, by: '', needs: [] })) : [], order: [], drop: [], is_done: turn.key === 'decide2', answer: '', show: [] }
    if (name === 'proposal') {
      const seen = reads.map(({ title, text }) => ({ id: /Contribution of (m\d+)/.exec(title)?.[1] ?? '', worth: mean(numbersIn(text, 'worth')) + 0.5 * dice.normal() }))
      return { position: own ?? '', text: own ?? '', takes_from: [], backs: seen.toSorted((a, b) => b.worth - a.worth)[0]?.id ?? '' }
    }
    if (name === 'speech') return { position: own?.split('\n')[0] ?? attempt(), argument: 'It is.', citations: [], holds_with: member.id, confidence: 0.5 }
    if (name === 'verdict') {
      const best = reads.map(({ text }) => ({ text, seen: mean(numbersIn(text, 'worth')) + 0.5 * dice.normal() })).toSorted((a, b) => b.seen - a.seen)[0]
      return { verdict: best?.text.split('\n')[0] ?? '', follows: 'none', reasons: [], would_change: '' }
    }
    return judge(turn, dice, { seen: (text) => mean(numbersIn(text, 'worth')), noise: 0.5 })
  },
}

const parts = 6
/** Six parts: done alone each comes out right with 0.85, in one go with all the others with 0.45. */
export const manyParts: Task = {
  worth: (text) => new Set(numbersIn(text, 'done part')).size / parts,
  replies: () => (turn, dice) => {
    const { name, reads, task } = turn
    const all = Array.from({ length: parts }, (_, at) => at + 1)
    if (name === 'plan') return { tasks: all.map((part) => ({ id: `t${part}`, title: `Part ${part}`, what: `Do part ${part}.`, needs: [], by: '' })) }
    if (name === 'review') return { send_back: reads.flatMap(({ title, text }) => (text.startsWith('failed') && dice.chance(0.8) ? [{ part: /Part (\w+):/.exec(title)?.[1] ?? '', missing: 'It is wrong.' }] : [])), summary: '', show: [] }
    if (name === 'work') {
      const asked = Number(/the part "Part (\d+)"/.exec(task)?.[1] ?? 0)
      if (asked > 0) return dice.chance(0.85) ? `done part ${asked}` : `failed at ${asked}`
      return all.map((part) => (dice.chance(0.45) ? `done part ${part}` : `failed at ${part}`)).join('\n')
    }
    return judge(turn, dice, { seen: (text) => numbersIn(text, 'done part').length, noise: 0.5 })
  },
}

const links = 6
/** A chain of six steps, each shown by the one before: done with 0.8 when its turn has come, guessed ahead with 0.6. */
export const hiddenSteps: Task = {
  worth: (text) => Math.max(0, ...numbersIn(text, 'link')) / links,
  replies: () => (turn, dice) => {
    const { name, reads, task } = turn
    const reached = Math.max(0, ...reads.flatMap(({ text }) => numbersIn(text, 'link')))
    if (name === 'decision') {
      const isOver = reached >= links
      const next = { title: `Find step ${reached + 1} in ${turn.key}`, what: `Find step ${reached + 1}.`, by: '', needs: [] }
      return { tasks: isOver ? [] : [next], order: [], drop: [], is_done: isOver, answer: `We found link ${reached}`, show: [] }
    }
    if (name === 'work') {
      const asked = Number(/Find step (\d+)/.exec(task)?.[1] ?? 0)
      if (asked > 0) return dice.chance(0.8) ? `We found link ${asked}` : `Nothing was found in ${turn.key}`
      let link = 0
      while (link < links && dice.chance(0.6)) link++
      return `We found link ${link}`
    }
    return judge(turn, dice, { seen: (text) => Math.max(0, ...numbersIn(text, 'link')), noise: 0.3 })
  },
}

/** A question of yes or no: members and judges are right with this probability, and nobody sees who is. */
export const question = (accuracy: number): Task => ({
  worth: (text) => Number(isRightText(text)),
  replies: (seed) => opinionated((id) => diceFor(seed, `opinion ${id}`).chance(accuracy)),
})
