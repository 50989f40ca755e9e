import { whisper, type Click } from './click.ts'
import { findClickedRun, placeOf, type SlackEdge } from './edge.ts'
import { renderAnswer } from './render-blocks.ts'
import { sanitizeText } from './sanitize-text.ts'

/** One message of Slack's. */
const longestRunnerUp = 9_000

/** The answer of a swarm that came second, for the person who wants to see it. */
export async function onRunnerUp(edge: SlackEdge, click: Click): Promise<void> {
  const { workspaceId } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, click.value)
  const runnerUp = run && (await edge.commands.readRunnerUp(run.runId))
  if (!runnerUp) return whisper(edge, click, 'No other answer is stored for this one.')
  const { text, blocks } = renderAnswer(sanitizeText(`**Runner-up: ${runnerUp.who}**\n\n${runnerUp.text.slice(0, longestRunnerUp)}`, { mentionable: [] }))
  await whisper(edge, click, text, blocks)
}

/** Stops one run, by whoever sees it work, as Slack's own Stop does for the whole thread. */
export async function onStop(edge: SlackEdge, click: Click): Promise<void> {
  const { workspaceId } = await placeOf(edge, click.teamId)
  const run = await findClickedRun(edge, workspaceId, click.channelId, click.value)
  const wasOpen = run !== undefined && (await edge.commands.canceller.cancelRun(run.runId, click.userId))
  if (!wasOpen) await whisper(edge, click, 'This has ended already.')
}
