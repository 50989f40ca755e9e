import { drawSwarmPath } from './path-picture.ts'
import { scoreOf, type Candidate, type ParticleSwarm } from './particle-swarm.ts'
import type { StopReason, SwarmEvent, SwarmResult } from './topology.ts'

/** Of a table that people read. */
const maxTallyRows = 12
const maxReasonChars = 200

/** One line for a whole round. */
export function describeMoment(swarm: ParticleSwarm, sentAway: number): string {
  const [before, now] = [swarm.moments.at(-2), swarm.moments.at(-1)]
  if (!now) return ''
  const { best, round, meanScore, spread } = now
  const held = now.hasNewBest || !before ? `best ${points(best)} by ${best.member.name}` : `nothing better than ${points(best)} by ${best.member.name} of round ${best.round}`
  const was = before && now.hasNewBest ? ` (before: ${points(before.best)} by ${before.best.member.name})` : ''
  const apart = `spread ${spread.toFixed(2)}${before ? `, before ${before.spread.toFixed(2)}` : ''}`
  const away = sentAway === 0 ? '' : ` ${sentAway} ${sentAway === 1 ? 'was' : 'were'} sent away from the crowd.`
  return `Round ${round}: ${held}${was}; mean ${meanScore.toFixed(1)}; ${apart}.${away}`
}

/** The best answer, how it came about, and the scores of all on the way. */
export function describeResult(swarm: ParticleSwarm, stoppedBy: StopReason): SwarmResult {
  const { best, runnerUp, moments } = swarm
  if (!best) return { heading: 'Result', text: '', stoppedBy, rounds: 0, dissent: [] }
  const judged = best.scores.length > 1 ? `${points(best)} of 10, the mean of ${best.scores.length} judgements` : `${points(best)} of 10${best.scores.length === 0 ? ' by its own writer, because no judge could be heard' : ''}`
  const steps = moments.filter(({ hasNewBest }) => hasNewBest).map(({ round, best: then }) => `- Round ${round}: ${then.member.name}, ${points(then)}${then.reason === '' ? '' : `. ${cut(then.reason)}`}`)
  const way = steps.length > 1 ? [`**On the way:**\n${steps.join('\n')}`] : []
  return {
    heading: 'Result',
    text: [best.text, `_Written by ${best.member.name} in round ${best.round}; ${judged}._`, ...way].join('\n\n'),
    stoppedBy,
    rounds: moments.length,
    tally: tallyOf(swarm),
    dissent: [],
    ...(runnerUp ? { runnerUp: { who: runnerUp.member.name, text: runnerUp.text } } : {}),
  }
}

/** The ways of all members, drawn only when somebody looks; undefined where nobody has moved. */
export function drawPath(swarm: ParticleSwarm): Extract<SwarmEvent, { kind: 'picture' }> | undefined {
  if (swarm.moments.length < 2) return undefined
  const paths = swarm.paths.map((path) => ({ name: path[0]?.member.name ?? '', points: path.map((candidate) => ({ position: candidate.position, score: scoreOf(candidate), isBest: candidate === swarm.best })) }))
  return {
    kind: 'picture',
    key: 'path',
    title: 'The way of the swarm',
    get png() {
      return drawSwarmPath(paths)
    },
  }
}

function tallyOf({ paths, moments }: ParticleSwarm): NonNullable<SwarmResult['tally']> {
  const bestOf = (path: readonly Candidate[]): number => Math.max(...path.map(scoreOf))
  const ranked = paths.toSorted((a, b) => bestOf(b) - bestOf(a))
  const hidden = ranked.length - maxTallyRows
  return {
    caption: `Scores of 10 by round${hidden > 0 ? `; the ${hidden} lowest members are left out` : ''}`,
    columns: ['Member', ...moments.map(({ round }) => `Round ${round}`)],
    rows: ranked.slice(0, maxTallyRows).map((path) => [path[0]?.member.name ?? '', ...moments.map(({ round }) => describeScore(path.find((candidate) => candidate.round === round)))]),
  }
}

const describeScore = (candidate: Candidate | undefined): string => (candidate ? points(candidate) : '-')

const points = (candidate: Candidate): string => scoreOf(candidate).toFixed(1)

const cut = (text: string): string => (text.length > maxReasonChars ? `${text.slice(0, maxReasonChars)}…` : text)
