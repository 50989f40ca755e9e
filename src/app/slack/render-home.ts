import { formatUsd } from '../../commands/money.ts'
import { runMarks, titleOf } from '../../commands/run-lines.ts'
import type { RunRecord } from '../../storage/records.ts'
import type { HomeFacts } from './home-facts.ts'
import { renderPatterns, renderSpend, renderStats, renderWorkflows } from './render-dashboard.ts'
import { sanitizeMrkdwn } from './sanitize-text.ts'

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

/** Slack shows at most 100 blocks in a Home. */
const maxBlocks = 100
const divider = { type: 'divider' }

/** The App Home of one person: how to begin, figures, spend, what was done lately, what was learnt of it, and who is there. */
export function renderHome(facts: HomeFacts) {
  const { runs, specialties } = facts
  const names = new Map(specialties.map(({ id, name }) => [id, name]))
  return {
    type: 'home',
    blocks: [
      header('Murmur'),
      section('Mention me in a channel, write to me under *Messages*, or type `/swarm <objective>`. The specialist that fits answers in the thread.'),
      divider,
      ...renderStats(facts),
      divider,
      ...renderSpend(facts.spend),
      divider,
      header('Your latest runs'),
      ...(runs.length === 0 ? [section('_Nothing yet. Your requests will be listed here._')] : runs.flatMap((run) => renderRun(run, names))),
      ...(runs.length === 0 ? [] : [context(sumUp(runs))]),
      divider,
      ...renderPatterns(facts.patterns),
      divider,
      ...renderWorkflows(facts.workflows),
      divider,
      header('Specialists'),
      ...specialties.map(({ name, icon, purpose }) => section(`${icon} *${name}*: ${purpose}`)),
    ].slice(0, maxBlocks),
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
