import { stageNames, type StageName } from '../learning/stats/workspace-stats.ts'
import { bar } from './charts.ts'

const nameWidth = 24

/** Where time goes, and who can change it. */
const stages: Readonly<Record<StageName, { readonly name: string; readonly whoCanAct: string }>> = {
  queue: { name: 'Waiting for a place', whoCanAct: 'whoever runs Murmur raises `MURMUR_CONCURRENCY`, an admin the agents at once: `/swarm budget set concurrent 20`' },
  model: { name: 'The model', whoCanAct: 'an admin sends such requests to a faster model: `/swarm models`, `/swarm import`' },
  person: { name: 'Waiting for people', whoCanAct: 'admins, who raise the budget or the amount that asks first: `/swarm budget set confirm 2`' },
  rest: { name: 'Slack, tools, all else', whoCanAct: 'whoever runs Murmur looks at `/metrics` and at how often Slack tells it to wait' },
}

/** Where the time of answers goes. */
export const stageLines = (shares: Readonly<Record<StageName, number>>): string[] => stageNames.map((stage) => `${stages[stage].name.padEnd(nameWidth)}${bar(shares[stage])}  ${Math.round(shares[stage] * 100)} %`)

/** The stage that takes most, and who can act on it. */
export function describeBottleneck(shares: Readonly<Record<StageName, number>>): string {
  const worst = stageNames.toSorted((left, right) => shares[right] - shares[left])[0] ?? 'rest'
  return `Most of the time goes to: ${stages[worst].name.toLowerCase()}. To change it: ${stages[worst].whoCanAct}.`
}
