import { constrictedWeights, distance, nextVelocity } from './particle-search.ts'
import { scoreOf, type Candidate, type Standing } from './particle-swarm.ts'
import type { Reading } from './topology.ts'

/** The velocity equation for one member, as shares of the way. */
export interface Move {
  readonly pulls: readonly { readonly label: string; readonly to: Candidate; readonly whose: string; readonly share: number }[]
  /** Share of its last change that it goes on with; 0 where it has none. */
  readonly onward: number
  readonly isSentAway: boolean
}

/** What is less than this does not change a text. */
const leastShare = 0.1
/** Nearer than this two answers say the same. */
const sameAt = 1e-3
const guideCount = 3
/**
 * Above the usual 4.1: the swarm comes to rest sooner (inertia 0.38 instead of 0.73). A swarm of texts has a handful of rounds and not thousands, and the
 * simulation finds more with it (`npm run bench:swarms -- --only search`).
 */
const phi = 5

/**
 * Draws the weights of the velocity equation: of what is left of the last change, and of the ways to the own best, the swarm's best and the
 * nearest neighbour's best, the attraction shared among the three (as Mendes, Kennedy and Neves 2004 share it, https://doi.org/10.1109/TEVC.2004.826074).
 * Without the draw per dimension, because one cannot ask for that in words.
 * @param maxStride a longer move is shortened as a whole; the width of the swarm's first answers
 * @param random is drawn from three times, whatever the standing
 */
export function drawMove({ path, best, swarmBest, neighbourBest, isSentAway }: Standing, maxStride: number, random: () => number): Move {
  const { inertia, attraction } = constrictedWeights(phi)
  const [own = 0, social = 0, near = 0] = Array.from({ length: guideCount }, () => (attraction / guideCount) * random())
  const here = path.at(-1) ?? best
  const earlier = path.at(-2)
  const sign = isSentAway ? -1 : 1
  const drawn = [
    { label: 'B', to: best, whose: 'your best', share: sign * own },
    { label: 'C', to: swarmBest, whose: "the swarm's best", share: sign * social },
    ...(neighbourBest ? [{ label: 'D', to: neighbourBest, whose: "your nearest neighbour's best", share: sign * near }] : []),
  ].filter(({ to }, at, all) => distance(to.position, here.position) > sameAt && !all.slice(0, at).some((other) => distance(other.to.position, to.position) <= sameAt))
  const last = here.position.map((value, at) => value - (earlier?.position[at] ?? value))
  const guides = drawn.map(({ to, share }) => ({ position: to.position, pull: () => share }))
  const velocity = nextVelocity(here.position, last, guides, inertia)
  const stride = Math.hypot(...velocity)
  const scale = stride > maxStride ? maxStride / stride : 1
  const moved = Math.hypot(...last) > sameAt
  return {
    pulls: drawn.map((pull) => ({ ...pull, share: pull.share * scale })).filter(({ share }) => Math.abs(share) >= leastShare),
    onward: moved ? inertia * scale : 0,
    isSentAway,
  }
}

/** The move in words, and what has to be read for it; the numbers are the ones drawn. */
export function describeMove({ pulls, onward, isSentAway }: Move, path: readonly Candidate[]): { readonly steps: readonly string[]; readonly reads: readonly Reading[] } {
  const here = path.at(-1)
  const earlier = path.at(-2)
  if (!here) throw new RangeError('Expected a member that moves to have an answer, found none.')
  const isOnward = onward >= leastShare && earlier !== undefined
  const steps = [
    ...pulls.map(({ label, whose, share }) => (share > 0 ? `- ${percent(share)} of the way to answer ${label} (${whose}): ${towards(share)}` : `- ${percent(-share)} away from answer ${label} (${whose}): ${away}`)),
    ...(isOnward ? [`- ${percent(onward)} on in the direction in which you last changed, from answer P to answer A.`] : []),
  ]
  return {
    steps: steps.length > 0 ? steps : [isSentAway ? `- Away from answer A, which others wrote as well: ${away}` : alone],
    reads: [
      asReading('A, your last one', here),
      ...(isOnward ? [asReading('P, yours before that', earlier)] : []),
      ...pulls.map(({ label, whose, to }) => asReading(`${label}, ${whose}`, to)),
    ],
  }
}

const away = 'leave its main idea and look for another one.'
/** Who is where the best is has nothing to be drawn by: it looks about there (van den Bergh and Engelbrecht 2002, the guaranteed convergence of GCPSO). */
const alone = '- Stay near answer A, to which nothing better is known: mend its weakest point, and try one thing that nobody has tried.'

function towards(share: number): string {
  if (share < 0.35) return 'take over its one best point.'
  if (share < 0.7) return 'take over about half of what makes it good.'
  return share < 1 ? 'take over most of what makes it good.' : 'take over what makes it good and go further than it does.'
}

function asReading(title: string, candidate: Candidate): Reading {
  const { text, weakness, reason, scores } = candidate
  const score = `Score: ${scoreOf(candidate).toFixed(1)} of 10${scores.length > 0 ? '' : ', by its own writer'}.`
  const parts = [text, score, reason === '' ? '' : `Judge: ${reason}`, weakness === '' ? '' : `Weakest point, says its writer: ${weakness}`]
  return { title: `Answer ${title}`, text: parts.filter((part) => part !== '').join('\n\n') }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
