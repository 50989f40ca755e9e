import type { Dice } from './dice.ts'
import type { Reply } from './simulated-desk.ts'

type WorkLike = Parameters<Reply>[0]

export const isRightText = (text: string): boolean => (/\b(right|wrong)\b/.exec(text)?.[1] ?? 'wrong') === 'right'

/** How well it is put: all see this alike, so that those who agree vote for the same one. */
const put = (text: string): number => Number(/put (\d\.\d+)/.exec(text)?.[1] ?? 0)

const say = (right: boolean, dice: Dice): string => `The ${right ? 'right' : 'wrong'} answer, put ${dice.share().toFixed(6)}.`

/** Members and judges that hold to what they think. */
export function opinionated(isRight: (memberId: string) => boolean): Reply {
  return ({ name, member, reads }: WorkLike, dice) => {
    const agrees = ({ text }: { readonly text: string }): boolean => isRightText(text) === isRight(member.id)
    if (name === 'work') return say(isRight(member.id), dice)
    const ranked = reads.toSorted((a, b) => Number(agrees(b)) - Number(agrees(a)) || put(b.text) - put(a.text))
    if (name === 'ballot') return { ranking: ranked.map(({ title }) => title), reason: '' }
    if (name === 'comparison') return { better: ranked.filter(agrees).length === 1 ? (ranked[0]?.title ?? 'none') : 'none', reason: '' }
    return { scores: reads.map((read) => ({ candidate: read.title, ...points(agrees(read) ? 8 : 3), remark: '' })) }
  }
}

/** Debaters: who is wrong is convinced by somebody who is right with probability `toRight`, and the other way round. */
export function persuadable(isRight: (memberId: string) => boolean, toRight: number, toWrong: number): Reply {
  return ({ name, member, reads, key }: WorkLike, dice) => {
    const said = reads.flatMap(({ title, text }) => (/Speech (m\d+)\.(\d+)/.exec(title) ? [{ id: /Speech (m\d+)/.exec(title)?.[1] ?? '', round: Number(/\.(\d+)/.exec(title)?.[1]), right: isRightText(text) }] : []))
    const newest = said.filter(({ round }) => round === Math.max(...said.map((speech) => speech.round)))
    if (name === 'verdict') {
      const right = newest.filter((speech) => speech.right).length
      const decides = right * 2 === newest.length ? dice.chance(0.5) : right * 2 > newest.length
      return { verdict: decides ? 'right' : 'wrong', follows: 'none', reasons: [], would_change: '' }
    }
    const before = newest.find(({ id }) => id === member.id)?.right ?? isRight(member.id)
    const turns = !key.startsWith('round1') && newest.some(({ right }) => right !== before) && dice.chance(before ? toWrong : toRight)
    const right = before !== turns
    return { position: say(right, dice), argument: 'Because.', citations: [], holds_with: member.id, confidence: 0.5 }
  }
}

export const points = (value: number) => ({ correctness: value, completeness: value, usefulness: value, clarity: value })
