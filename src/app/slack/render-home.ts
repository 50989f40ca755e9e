import type { Specialty } from '../../agents/specialty.ts'
import { describeRun } from '../../commands/run-lines.ts'
import { formatUsd } from '../../commands/money.ts'
import type { RunRecord } from '../../storage/records.ts'
import { sanitizeMrkdwn } from './sanitize-text.ts'

export interface HomeFacts {
  /** The person's own runs, newest first. */
  readonly runs: readonly RunRecord[]
  readonly specialties: readonly Specialty[]
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 3_000) } })
const header = (text: string) => ({ type: 'header', text: { type: 'plain_text', text } })

/** The App Home of one person: how to begin, who is there, what was done lately and what it cost. */
export function renderHome({ runs, specialties }: HomeFacts) {
  const spent = runs.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)
  const answered = runs.filter(({ status }) => status === 'completed').length
  return {
    type: 'home',
    blocks: [
      header('Murmur'),
      section('Mention me in a channel, write to me here, or type `/swarm <objective>`. The specialist that fits answers in the thread.'),
      { type: 'divider' },
      header('Your latest runs'),
      ...(runs.length === 0 ? [section('_Nothing yet. Your requests will be listed here._')] : runs.map((run) => section(sanitizeMrkdwn(describeRun(run))))),
      ...(runs.length === 0 ? [] : [{ type: 'context', elements: [{ type: 'mrkdwn', text: `${answered} of ${runs.length} answered, ${formatUsd(spent)} spent` }] }]),
      { type: 'divider' },
      header('Specialists'),
      ...specialties.map(({ name, icon, purpose }) => section(`${icon} *${name}*: ${purpose}`)),
    ],
  }
}
