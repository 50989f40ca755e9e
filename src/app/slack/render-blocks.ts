import type { types } from '@slack/bolt'
import type { AnswerFooter } from '../../orchestration/thread-port.ts'
import type { RouteDecision, SwarmRoute } from '../../storage/records.ts'
import { sanitizeMrkdwn } from './sanitize-text.ts'

export type Blocks = types.KnownBlock[]

/** What a post or an update is made of; `text` is what notifications and screen readers get. */
export interface MessageContent {
  readonly text: string
  readonly blocks: Blocks
}

const longestFallback = 3_000
const longestField = 500
const longestAsked = 120
const longestSection = 2_900
const longestButton = 75
/** Those below go into one sentence: a table of all is taller than the thread it stands in. */
const shownCandidates = 5
const mostOptions = 100

/** A past request that a decision was learnt from. */
export interface AlikeRun {
  readonly runId: string
  readonly text: string
}

const tierSentences: Readonly<Record<number, string>> = {
  2: 'Answered with reduced features',
  3: 'No model answered; from stored knowledge',
  4: 'No model answered',
}

const layerSentences: Readonly<Record<RouteDecision['layer'], string>> = {
  thread: 'This thread stays with the agent it began with.',
  learned: 'Chosen by what people here said of requests like this one; no model was asked.',
  automation: 'A workflow learnt from earlier requests decided, and no model was asked.',
  model: 'A model chose among the specialists.',
  keywords: 'Chosen by the words of the request.',
  generalist: 'No specialist fitted better, so the generalist answered.',
  forced: 'A person asked for it, and no model was asked.',
  cache: 'It answered the same question before, and no model was asked.',
}

/**
 * What stands under an answer: who spoke and how, why that agent, and the thumbs. Nothing for a notice of no agent.
 * Action ids: `why_agent`, `runner_up`, `ask_again` (value: run id), `feedback` (values: `up:<run id>`, `down:<run id>`).
 */
export function renderFooter({ runId, agentName, agentIcon, tier, note, asksFeedback, runnerUp, isGivenAgain = false }: AnswerFooter): Blocks {
  const speaker = agentName === '' ? '' : `${field(agentIcon)} *${field(agentName)}*`.trim()
  const lines = [speaker, tierSentences[tier] ?? '', field(note)].filter((line) => line !== '')
  return [
    ...(lines.length === 0 ? [] : [contextBlock(lines.join('  ·  '))]),
    ...(agentName === '' ? [] : [buttonsBlock(runId, runnerUp, isGivenAgain)]),
    ...(asksFeedback ? [feedbackBlock(runId)] : []),
  ]
}

/** A text that was made safe for Markdown, as a message, with what stands under it. */
export function renderAnswer(safeText: string, footer: Blocks = []): MessageContent {
  const text = safeText === '' ? ' ' : safeText
  return { text: cut(text, longestFallback), blocks: [{ type: 'markdown', text }, ...footer] }
}

/** A short message of our own in mrkdwn, made safe here; only those in `mentionable` can be named. */
export function renderNotice(text: string, mentionable: Iterable<string> = []): MessageContent {
  const shown = cut(sanitizeMrkdwn(text, { mentionable }), longestSection)
  return { text: shown, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: shown } }] }
}

/**
 * The decision behind an answer: how it was made, and what every candidate scored.
 * @param names what the specialties are called, by id
 * @param runId the run whose route it is; a correction names it
 * @param alike what was asked before in this channel and is a reason for the decision
 */
export function renderWhy(decision: RouteDecision, names: ReadonlyMap<string, string>, runId: string, alike: readonly AlikeRun[] = []): MessageContent {
  const nameOf = (specialtyId: string): string => cut(names.get(specialtyId) ?? specialtyId, 100)
  const percent = (share: number): string => `${Math.round(Math.min(1, Math.max(0, share)) * 100)} %`
  const reason = field(decision.reason)
  const chosen = decision.swarm ? describeSwarm(decision.swarm) : `*${field(nameOf(decision.specialtyId))}* answered this (confidence ${percent(decision.confidence)}). ${layerSentences[decision.layer]}`
  const text = [chosen, reason, ...alike.map(({ runId: alikeId, text: asked }) => `• Alike: "${field(cut(asked.replace(/\s+/g, ' '), longestAsked))}" (\`${alikeId}\`)`)].filter((line) => line !== '').join('\n')
  // The router puts the chosen one first and the others by score.
  const candidates = decision.candidates.slice(0, shownCandidates)
  const others = decision.candidates.slice(shownCandidates)
  const columns = Object.keys(candidates[0]?.criteria ?? {})
  const head = ['Candidate', 'Score', ...columns.map(readableWord)].map(rawText)
  const rows = candidates.map(({ specialtyId, score, criteria = {} }) =>
    [nameOf(specialtyId), percent(score), ...columns.map((name) => percent(criteria[name] ?? 0))].map(rawText),
  )
  const table: Blocks = rows.length === 0 ? [] : [{ type: 'table', rows: [head, ...rows] }]
  const best = Math.max(...others.map(({ score }) => score))
  const rest = others.length === 0 ? [] : [contextBlock(`${others.length} more scored ${percent(best)} or less.`)]
  const listed = candidates.map(({ specialtyId, score }) => `${field(nameOf(specialtyId))} ${percent(score)}`).join(', ')
  return {
    text: cut(listed === '' ? text : `${text}\nCandidates: ${listed}`, longestFallback),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: cut(text, longestSection) } }, ...table, ...rest, ...correctionBlock(decision, names, runId)],
  }
}

/** Who took part and in which form. */
function describeSwarm({ topology, members }: SwarmRoute): string {
  const seats = members.map(({ name, role }) => (role === '' ? name : `${name} (${role})`))
  return `A swarm of ${members.length} agents answered this, in the form *${field(topology)}*: ${field(seats.join(', '))}.`
}

/** The two ways out of a run that waits. Action ids: `approve_run`, `deny_run` (value: run id). */
export function approvalBlocks(runId: string, goOn: string): Blocks {
  const button = (text: string, actionId: string, style: 'primary' | 'danger'): types.Button => ({
    type: 'button',
    action_id: actionId,
    value: runId,
    style,
    text: { type: 'plain_text', text },
  })
  return [{ type: 'actions', elements: [button(cut(goOn, longestButton), 'approve_run', 'primary'), button('Stop this request', 'deny_run', 'danger')] }]
}

/** "Should have been ...": the choice answers the same request again. Action id `reroute`, value `<run id>:<specialty id>`. */
function correctionBlock({ specialtyId: chosen }: RouteDecision, names: ReadonlyMap<string, string>, runId: string): Blocks {
  const options = [...names]
    .filter(([id]) => id !== chosen)
    .slice(0, mostOptions)
    .map(([id, name]) => ({ text: { type: 'plain_text' as const, text: cut(name, 75) }, value: `${runId}:${id}` }))
  if (options.length === 0) return []
  return [{ type: 'actions', elements: [{ type: 'static_select', action_id: 'reroute', placeholder: { type: 'plain_text', text: 'Should have been …' }, options }] }]
}

/** `pastPerformance` as people read it: `Past performance`. */
const readableWord = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^./, (letter) => letter.toUpperCase())

function contextBlock(text: string): types.ContextBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: cut(text, longestSection) }] }
}

function buttonsBlock(runId: string, runnerUp: string | undefined, isGivenAgain: boolean): types.ActionsBlock {
  const button = (actionId: string, text: string): types.Button => ({ type: 'button', action_id: actionId, value: runId, text: { type: 'plain_text', text: cut(text, longestButton) } })
  return {
    type: 'actions',
    elements: [button('why_agent', 'Why this agent?'), ...(isGivenAgain ? [button('ask_again', 'Ask again')] : []), ...(runnerUp === undefined ? [] : [button('runner_up', `Runner-up: ${runnerUp}`)])],
  }
}

function feedbackBlock(runId: string): types.ContextActionsBlock {
  const button = (text: string, label: string, value: string): types.FeedbackButtons['positive_button'] => ({
    text: { type: 'plain_text', text },
    accessibility_label: label,
    value,
  })
  return {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'feedback',
        positive_button: button('Good', 'This answer helped', `up:${runId}`),
        negative_button: button('Bad', 'This answer did not help', `down:${runId}`),
      },
    ],
  }
}

function rawText(text: string): { type: 'raw_text'; text: string } {
  // Slack refuses an empty cell.
  return { type: 'raw_text', text: text === '' ? '-' : text }
}

function field(text: string): string {
  return sanitizeMrkdwn(cut(text, longestField))
}

/** Never ends in half a character or half an entity. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length - 1).replace(/&[a-z]{0,3}$|[\uD800-\uDBFF]$/, '')}…`
}
