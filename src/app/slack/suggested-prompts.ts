import type { PatternRecord, RunRecord, WorkspaceId } from '../../storage/records.ts'
import type { SlackEdge } from './edge.ts'
import { readableGoals } from './home-facts.ts'
import { redactSecrets } from './redact-secrets.ts'
import { firstPrompts } from './render-home.ts'
import { sanitizePlain } from './sanitize-text.ts'

export interface Prompt {
  readonly title: string
  readonly message: string
}

/** A request that recurs, with how often it did. */
interface Candidate extends Prompt {
  readonly key: string
  readonly times: number
}

/** Slack shows no more. */
const maxPrompts = 4
const searchedRuns = 100
const searchedPatterns = 20
/** What was asked twice may be asked again. */
const leastTimes = 2
const longestMessage = 300
const longestTitle = 60

/**
 * What this person may want to ask, most frequent first: what they asked themselves, and what recurs in public channels that they are in and
 * ask in. Never what others asked in a private channel or in their direct messages. Filled up with what anybody may ask.
 */
export async function suggestPrompts(edge: SlackEdge, workspaceId: WorkspaceId, userId: string): Promise<readonly Prompt[]> {
  const runs = await edge.commands.runs.listUser(workspaceId, userId, searchedRuns)
  const found = [...ownCandidates(runs), ...(await publicCandidates(edge, workspaceId, userId, runs))].toSorted((left, right) => right.times - left.times)
  const frequent: Candidate[] = []
  for (const candidate of found) {
    if (frequent.length < maxPrompts && !frequent.some(({ key, message }) => key === candidate.key || message === candidate.message)) frequent.push(candidate)
  }
  return [...frequent.map(({ title, message }) => ({ title, message })), ...firstPrompts].slice(0, maxPrompts)
}

/** By pattern where one is known, else by what was said; the newest wording is offered. */
function ownCandidates(runs: readonly RunRecord[]): Candidate[] {
  const byKey = new Map<string, RunRecord[]>()
  for (const run of runs) {
    const key = run.patternId ?? run.request.text
    byKey.set(key, [...(byKey.get(key) ?? []), run])
  }
  return [...byKey].flatMap(([key, alike]) => {
    const newest = alike.find(({ request, status }) => status === 'completed' && canBeOffered(request.text))
    return newest && alike.length >= leastTimes ? [{ key, times: alike.length, ...promptOf(newest.request.text) }] : []
  })
}

async function publicCandidates(edge: SlackEdge, workspaceId: WorkspaceId, userId: string, runs: readonly RunRecord[]): Promise<Candidate[]> {
  const [goals, channels] = await Promise.all([readableGoals(edge, workspaceId, userId, runs), edge.channelsOf(workspaceId, userId)])
  // A project may have private channels as well: only a channel that is a goal of its own is public as a whole.
  const open = [...goals].filter(([goalId, channelId]) => goalId === channelId && channels.get(channelId)?.isPublic === true)
  const found = await Promise.all(open.map(async ([goalId]) => (await edge.commands.learning.patterns.listGoal(workspaceId, goalId, searchedPatterns)).filter(({ state }) => state === 'recognised')))
  const frequent = found.flat().toSorted((left, right) => right.runs - left.runs).slice(0, maxPrompts)
  return (await Promise.all(frequent.map((pattern) => offer(edge, pattern)))).filter((candidate) => candidate !== undefined)
}

/** The newest example that was asked in the channel itself: it may have belonged to a project before. */
async function offer({ commands }: SlackEdge, { patternId, goalId, workspaceId, examples, runs: times }: PatternRecord): Promise<Candidate | undefined> {
  const example = examples.findLast(({ text }) => canBeOffered(text))
  const run = example && (await commands.runs.find(example.runId))
  return example && run?.workspaceId === workspaceId && run.request.channelId === goalId ? { key: patternId, times, ...promptOf(example.text) } : undefined
}

/** Short, in plain words, without what names people, places or secrets. */
const canBeOffered = (text: string): boolean => text.trim() !== '' && text.length <= longestMessage && !/[<>]|@(?:channel|here|everyone)/i.test(text) && redactSecrets(text) === text

function promptOf(text: string): Prompt {
  const line = sanitizePlain(text.replaceAll(/\s+/g, ' ').trim())
  return { title: line.length > longestTitle ? `${line.slice(0, longestTitle - 1).toWellFormed()}…` : line, message: text.trim() }
}
