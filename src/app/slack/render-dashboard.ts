import { bar, sparkline } from '../../commands/charts.ts'
import { describeForesight } from '../../commands/foresight-lines.ts'
import { formatUsd } from '../../commands/money.ts'
import { describeBottleneck, stageLines } from '../../commands/stage-lines.ts'
import { chartLines, describeLearning, describeToday, nothingCounted, specialtyLines } from '../../commands/stats-lines.ts'
import type { PatternRecord, VersionRecord } from '../../storage/records.ts'
import type { HomeFacts, HomeWorkflow } from './home-facts.ts'
import { sanitizeMrkdwn } from './sanitize-text.ts'

const longestText = 2_900
const longestName = 100
const longestReason = 120

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, longestText).toWellFormed() } })
const context = (text: string) => ({ type: 'context', elements: [{ type: 'mrkdwn', text: text.slice(0, 2_000).toWellFormed() }] })
const header = (text: string) => ({ type: 'header', text: { type: 'plain_text', text } })
/** A block of equal widths; nothing in it can end it. */
const chart = (lines: readonly string[]) => section(['```', ...lines.map((line) => sanitizeMrkdwn(line.replaceAll('`', "'"))), '```'].join('\n'))

/** The figures of the workspace, with charts in characters and the numbers beside them. */
export function renderStats({ stats, specialties }: Pick<HomeFacts, 'stats' | 'specialties'>): readonly object[] {
  const names = new Map<string, string>(specialties.map(({ id, name }) => [id, name]))
  const { weeks, whole } = stats
  if (weeks.length === 0) return [header('The workspace'), section(`_${nothingCounted}_`)]
  return [
    header('The workspace'),
    section(describeToday(stats)),
    chart(chartLines(weeks)),
    section(describeLearning(whole).join('\n')),
    context(describeForesight(stats).join('\n')),
    ...(whole.specialties.length > 0 ? [chart(['By specialty', ...specialtyLines(whole.specialties, (id) => names.get(id) ?? id)])] : []),
    ...(whole.stages ? [chart(['Where the time of an answer goes', ...stageLines(whole.stages)]), context(describeBottleneck(whole.stages))] : []),
  ]
}

/** What was spent against what may be. */
export function renderSpend({ person, workspace, days }: HomeFacts['spend']): readonly object[] {
  const line = (name: string, { settledMicroUsd, limitMicroUsd }: HomeFacts['spend']['person']): string =>
    `${name.padEnd(14)}${bar(settledMicroUsd / limitMicroUsd)}  ${formatUsd(settledMicroUsd)} of ${formatUsd(limitMicroUsd)} today`
  const spent = days.map(({ settledMicroUsd }) => settledMicroUsd)
  const [first] = days
  const byDay = first ? [`${'By day'.padEnd(14)}${sparkline(spent)}  ${first.day} to ${days.at(-1)?.day}, at most ${formatUsd(Math.max(...spent))} a day`] : []
  return [header('Spend and budget'), chart([line('You', person), line('The workspace', workspace), ...byDay])]
}

export function renderPatterns(patterns: readonly PatternRecord[]): readonly object[] {
  const lines = patterns.map(({ title, state, runs, outcomes }) => {
    const good = outcomes.filter(({ isSuccess }) => isSuccess).length
    return `${state === 'recognised' ? ':white_check_mark:' : ':seedling:'} ${sanitizeMrkdwn(title.slice(0, longestName))}: seen ${runs} ${runs === 1 ? 'time' : 'times'}, ${good} of the last ${outcomes.length} went well`
  })
  return [header('Patterns where you work'), section(lines.length === 0 ? '_Nothing has recurred yet in the channels you ask in. Three alike requests that go well make an automation._' : lines.join('\n'))]
}

/** Workflows with their newest versions; "Roll back" stands only where the person may, and is checked again at the click. */
export function renderWorkflows(workflows: readonly HomeWorkflow[]): readonly object[] {
  if (workflows.length === 0) return [header('Workflows'), section('_No recipes yet in the channels you ask in: `/improve` makes one, and so do three alike requests that go well._')]
  return [header('Workflows'), ...workflows.flatMap(renderWorkflow)]
}

function renderWorkflow({ workflow, channelId, current, history, mayRollBack }: HomeWorkflow): readonly object[] {
  const { workflowId, name, state, currentVersion } = workflow
  const where = channelId.startsWith('D') ? 'direct message' : `<#${channelId}>`
  const value = `${channelId}:${workflowId}`
  const parent = current?.parentVersion
  const button = (actionId: string, text: string, more: object = {}) => ({ type: 'button', action_id: actionId, text: { type: 'plain_text', text }, value, ...more })
  const rollback = mayRollBack && parent !== undefined ? [button('workflow_rollback', `Back to version ${parent}`, { confirm: confirmOf(parent), value: `${value}:${parent}:${currentVersion}` })] : []
  return [
    section([`*${sanitizeMrkdwn(name.slice(0, longestName))}* · ${where} · ${state}, version ${currentVersion} in force`, ...history.map(describeVersion)].join('\n')),
    { type: 'actions', elements: [button('workflow_history', 'History'), ...rollback] },
  ]
}

const confirmOf = (version: number) => ({
  title: { type: 'plain_text', text: 'Roll back?' },
  text: { type: 'plain_text', text: `Version ${version} is put in force again, for everybody of the channel. Later versions are kept.` },
  confirm: { type: 'plain_text', text: 'Roll back' },
  deny: { type: 'plain_text', text: 'Cancel' },
})

function describeVersion({ version, source, authorId, reason }: VersionRecord): string {
  const by = source === 'user' && /^[A-Z0-9]{1,24}$/.test(authorId) ? `<@${authorId}>` : source === 'automated' ? 'made of a pattern' : 'Murmur'
  return `• version ${version}, ${by}: ${sanitizeMrkdwn(reason.replaceAll(/\s+/g, ' ').slice(0, longestReason))}`
}
