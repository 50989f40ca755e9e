import type { Specialty } from '../../agents/specialty.ts'
import { formatUsd } from '../../commands/money.ts'
import { runMarks, titleOf } from '../../commands/run-lines.ts'
import type { RunRecord } from '../../storage/records.ts'
import { sanitizeMrkdwn } from './sanitize-text.ts'

export interface HomeFacts {
  /** The person's own runs, newest first; each takes two of the 100 blocks of a Home. */
  readonly runs: readonly RunRecord[]
  readonly specialties: readonly Specialty[]
}

/** Requests that need nothing beside them, offered where a person first meets the app; manifest.yml has the same. */
export const firstPrompts = [
  { title: 'Analyse some numbers', message: 'Which of these grew fastest, and by how much? Q1: 120, 95, 210. Q2: 138, 97, 260.' },
  { title: 'Review a piece of code', message: 'What can go wrong here? const total = items.reduce((sum, item) => sum + item.price)' },
  { title: 'Plan a project', message: 'Plan the move of a ten-person team to a new issue tracker in three weeks.' },
  { title: 'Write an announcement', message: 'Write a short, friendly announcement: the office is closed on Friday for maintenance.' },
] as const

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 3_000) } })
const context = (text: string) => ({ type: 'context', elements: [{ type: 'mrkdwn', text: text.slice(0, 2_000) }] })
const header = (text: string) => ({ type: 'header', text: { type: 'plain_text', text } })

/** The App Home of one person: how to begin, what was done lately and what it cost, and who is there. */
export function renderHome({ runs, specialties }: HomeFacts) {
  const names = new Map(specialties.map(({ id, name }) => [id, name]))
  return {
    type: 'home',
    blocks: [
      header('Murmur'),
      section('Mention me in a channel, write to me under *Messages*, or type `/swarm <objective>`. The specialist that fits answers in the thread.'),
      { type: 'divider' },
      header('Your latest runs'),
      ...(runs.length === 0 ? [section('_Nothing yet. Your requests will be listed here._')] : runs.flatMap((run) => renderRun(run, names))),
      ...(runs.length === 0 ? [] : [context(sumUp(runs))]),
      { type: 'divider' },
      header('Specialists'),
      ...specialties.map(({ name, icon, purpose }) => section(`${icon} *${name}*: ${purpose}`)),
    ],
  }
}

function renderRun({ status, request, route, costMicroUsd, createdAtMs }: RunRecord, names: ReadonlyMap<string, string>) {
  const who = route === undefined ? '' : (names.get(route.specialtyId) ?? route.specialtyId)
  const where = request.channelId.startsWith('D') ? 'direct message' : `<#${request.channelId}>`
  const when = `<!date^${Math.floor(createdAtMs / 1_000)}^{date_short_pretty} at {time}|${new Date(createdAtMs).toISOString()}>`
  const cost = costMicroUsd > 0 ? formatUsd(costMicroUsd) : ''
  const facts = [sanitizeMrkdwn(who), status === 'completed' ? '' : status, where, when, cost]
  return [section(`${runMarks[status]} ${sanitizeMrkdwn(titleOf(request.text))}`), context(facts.filter((fact) => fact !== '').join(' · '))]
}

function sumUp(runs: readonly RunRecord[]): string {
  const answered = runs.filter(({ status }) => status === 'completed').length
  const spentMicroUsd = runs.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)
  return `${answered} of ${runs.length} answered, ${formatUsd(spentMicroUsd)} spent`
}
