import { describeHits } from '../learning/hits/hit-lines.ts'
import type { PatternRecord, RunRecord, WorkflowRecord } from '../storage/records.ts'
import type { Command, CommandDeps } from './command.ts'
import { chooseWorkflow } from './open-workflow.ts'
import { titleOf } from './run-lines.ts'

const shownPatterns = 20
const shownEvidence = 3
const lookedAt = 200

export const patternsCommand: Command = {
  word: 'patterns',
  usage: '/swarm patterns',
  summary: 'requests that recur in this channel, with what was learnt of them',
  async run({ learning, limits, runs }, { workspaceId, channelId }) {
    const patterns = await learning.patterns.listGoal(workspaceId, await limits.goalOf(workspaceId, channelId), lookedAt)
    const shown = patterns.filter(({ runs: seen, workflowId }) => seen > 1 || workflowId !== undefined).slice(0, shownPatterns)
    if (shown.length === 0) return 'Nothing has recurred here yet. Three requests of one kind that go well make an automation.'
    const known = await runs.findAll(shown.flatMap(evidenceOf))
    // What was asked in other channels of a project may be for the eyes of those only.
    const textOf = (runId: string): string | undefined => textIn(known.get(runId), channelId)
    const workflows = await Promise.all(shown.map(async ({ workflowId }) => (workflowId === undefined ? undefined : learning.workflows.find(workflowId))))
    const lines = await Promise.all(shown.map((pattern, at) => describePattern(learning, pattern, workflows[at], textOf)))
    const note = [...lines, '`/swarm result <id>` shows the answer of a run.'].join('\n')
    const choice = chooseWorkflow(workflows.flatMap((workflow) => (workflow && workflow.state !== 'deleted' ? [workflow] : [])))
    return { note, buttons: [], ...(choice ? { choice } : {}) }
  },
}

/** The newest runs that went well, newest first. */
const evidenceOf = ({ outcomes }: PatternRecord): readonly string[] => outcomes.filter(({ isSuccess }) => isSuccess).slice(-shownEvidence).map(({ runId }) => runId).toReversed()

const textIn = (run: RunRecord | undefined, channelId: string): string | undefined => (run?.request.channelId === channelId ? titleOf(run.request.text) : undefined)

async function describePattern(learning: CommandDeps['learning'], pattern: PatternRecord, workflow: WorkflowRecord | undefined, textOf: (runId: string) => string | undefined): Promise<string> {
  const { title, state, runs, outcomes } = pattern
  const good = outcomes.filter(({ isSuccess }) => isSuccess)
  const served = workflow ? (workflow.state === 'deleted' ? 'its workflow is deleted' : `workflow \`${workflow.workflowId}\` (${workflow.state})`) : 'still learning'
  const facts = [`seen ${runs} ${runs === 1 ? 'time' : 'times'}`, `${good.length} of the last ${outcomes.length} went well`, served]
  const evidence = evidenceOf(pattern).map((runId) => `• ${quote(textOf(runId))}\`${runId}\``)
  const hits = workflow && (await learning.hits.count(workflow))
  const below = [...(evidence.length === 0 ? [] : ['evidence, newest first:', ...evidence]), ...(hits ? [describeHits(hits)] : [])].filter((line) => line !== undefined)
  return [`${state === 'recognised' ? ':white_check_mark:' : ':seedling:'} *${title}*: ${facts.join(', ')}`, ...below.map((line) => `    ${line}`)].join('\n')
}

const quote = (text: string | undefined): string => (text === undefined ? '' : `"${text}" `)
