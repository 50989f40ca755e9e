import { MurmurError } from '../errors.ts'
import { describeHits } from '../learning/hits/hit-lines.ts'
import { fenceLines } from '../learning/fence-lines.ts'
import { describeRecipe, diffRecipes } from '../learning/workflows/recipe-lines.ts'
import { readEvidence } from '../learning/trials/trial-evidence.ts'
import { describeTrial } from '../learning/trials/trial-lines.ts'
import { talliesOf } from '../learning/trials/version-trial.ts'
import { emptyRecipe } from '../learning/workflows/recipe.ts'
import type { NoteButton } from '../orchestration/thread-port.ts'
import { utcTime } from '../orchestration/utc-time.ts'
import type { VersionRecord, WorkflowRecord } from '../storage/records.ts'
import type { StudyRecord } from '../storage/study-store.ts'
import type { Command, CommandCall, CommandDeps, CommandForm, CommandNote, NoteChoice } from './command.ts'
import { chooseWorkflow } from './open-workflow.ts'
import { requireAdmin } from './permissions.ts'
import { showTuning } from './tuning-lines.ts'
import { switchCommands } from './workflow-switches.ts'
import { exportWorkflows, importWorkflows } from './workflow-exchange.ts'

const shownWorkflows = 20
const shownVersions = 20
/** A message holds little more than 12,000 characters, and the beginning of a history is what is asked about. */
const longestHistory = 10_500
const longestDiffLine = 300
const shownTrials = 5
const maxNameChars = 120

const marks: Readonly<Record<WorkflowRecord['state'], string>> = { active: ':white_check_mark:', learning: ':seedling:', paused: ':double_vertical_bar:', deleted: ':wastebasket:' }

const workflowsCommand: Command = {
  word: 'workflows',
  usage: '/swarm workflows [<id>]',
  summary: 'the recipes of this channel and, by id, one with its history; admins also `pause`, `resume`, `rename <id> <name>`, `edit`, `delete`, `export [<id>]`, `import <json>`, `approval on|off`, `trials on|off`, `share on|off` and `tuning [reset|approve|decline <setting>]`',
  async run(deps, call) {
    const [word = '', id = '', ...rest] = call.text.split(/\s+/).filter((part) => part !== '')
    if (word === '') return listWorkflows(deps, call)
    const sub = subcommands[word.toLowerCase()]
    if (sub) return sub(deps, call, call.text.slice(word.length).trim())
    const change = changes[word.toLowerCase()]
    if (!change) return showHistory(deps, await findWorkflow(deps, call, word))
    return changeWorkflow(deps, call, { word: word.toLowerCase(), id, text: rest.join(' '), change })
  },
}

const rollbackCommand: Command = {
  word: 'rollback',
  usage: '/swarm rollback <workflow> [version]',
  summary: 'puts an earlier version of a recipe in force again: the one before, or the one named; for its author and admins',
  async run(deps, call) {
    const [id = '', typed] = call.text.split(/\s+/).filter((part) => part !== '')
    const workflow = await findWorkflow(deps, call, id)
    const current = await deps.learning.workflows.version(workflow.workflowId, workflow.currentVersion)
    await requireAuthorOrAdmin(deps, call, current)
    const wanted = typed === undefined ? current?.parentVersion : Number(typed.replace(/^v/i, ''))
    const version = wanted === undefined ? undefined : await deps.learning.workflows.version(workflow.workflowId, wanted)
    if (!current || !version || version.version === current.version) {
      const wantedWords = typed === undefined ? 'a workflow with a version before the one in force' : 'an earlier or later version of it'
      throw new MurmurError('MUR_USAGE', { wanted: wantedWords, found: `\`${(typed ?? `version ${workflow.currentVersion}`).slice(0, 40)}\``, hint: `\`/swarm workflows ${workflow.workflowId}\` lists its versions.` })
    }
    await deps.learning.library.move(workflow.workflowId, { userId: call.userId, what: 'rollback' }, () => ({ currentVersion: version.version, canary: undefined }))
    return [`*${workflow.name}* is back at version ${version.version}:`, ...fenceLines(diffRecipes(current.recipe, version.recipe))].join('\n')
  },
}

/** How often an automation was right. */
async function hitLines({ hits }: CommandDeps['learning'], workflow: WorkflowRecord): Promise<readonly string[]> {
  const counts = await hits.count(workflow)
  const line = counts && describeHits(counts)
  return line === undefined ? [] : [line]
}

type Subcommand = (deps: CommandDeps, call: CommandCall, rest: string) => Promise<string | CommandForm>

const subcommands: Readonly<Record<string, Subcommand>> = {
  ...switchCommands,
  tuning: showTuning,
  export: async (deps, call, id) => exportWorkflows(deps, call, id === '' ? undefined : await findWorkflow(deps, call, id)),
  import: importWorkflows,
  edit: openEditor,
}

/** The recipe in a form. */
async function openEditor(deps: CommandDeps, call: CommandCall, id: string): Promise<CommandForm> {
  await requireAdmin(deps, call, 'Changing a workflow for everybody')
  const workflow = await findWorkflow(deps, call, id)
  const current = await deps.learning.workflows.version(workflow.workflowId, workflow.currentVersion)
  return { form: 'workflow', channelId: call.channelId, workflow, recipe: current?.recipe ?? emptyRecipe, known: await deps.improving.knownOf(call.workspaceId) }
}

async function listWorkflows({ learning, limits }: CommandDeps, { workspaceId, channelId }: CommandCall): Promise<string | CommandNote> {
  const workflows = await learning.workflows.listGoal(workspaceId, await limits.goalOf(workspaceId, channelId), shownWorkflows)
  if (workflows.length === 0) return 'No recipes here yet: `/improve` makes one, and so do three alike requests that go well.'
  const versions = await Promise.all(workflows.map(({ workflowId, currentVersion }) => learning.workflows.version(workflowId, currentVersion)))
  const note = workflows
    .map((workflow, at) => {
      const version = versions[at]
      const canary = workflow.canary ? `, version ${workflow.canary.version} on trial for ${Math.round(workflow.canary.share * 100)} %` : ''
      return `${marks[workflow.state]} *${workflow.name}* \`${workflow.workflowId}\`: version ${workflow.currentVersion}${canary}, ${workflow.state}${version ? `, ${madeBy(version)}` : ''}`
    })
    .join('\n')
  const choice = chooseWorkflow(workflows)
  return { note, buttons: [], ...(choice ? { choice } : {}) }
}

async function showHistory({ learning }: CommandDeps, workflow: WorkflowRecord): Promise<CommandNote> {
  const versions = await learning.workflows.versions(workflow.workflowId, shownVersions)
  const current = versions.find(({ version }) => version === workflow.currentVersion)
  const byNumber = new Map(versions.map((version) => [version.version, version]))
  const head = [
    `${marks[workflow.state]} *${workflow.name}* \`${workflow.workflowId}\` (${workflow.state}, version ${workflow.currentVersion} in force)`,
    ...(current ? fenceLines(describeRecipe(current.recipe)) : []),
    ...(await hitLines(learning, workflow)),
    ...(await describeTrials(learning, workflow)),
    ...(await describeStudies(learning, workflow)),
    '*History*, newest first:',
  ].join('\n')
  const entries = versions.map((version) => describeVersion(version, version.parentVersion === undefined ? undefined : byNumber.get(version.parentVersion)).join('\n'))
  const history = fitEntries(entries, longestHistory - head.length)
  const note = [head, ...history, ...(history.length < entries.length ? ['Older versions do not fit here.'] : []), `Back to one of them: \`/swarm rollback ${workflow.workflowId} <version>\``].join('\n')
  const choice = chooseVersion(workflow, versions)
  return { note, buttons: changeButtons(workflow), ...(choice ? { choice } : {}) }
}

/** The other versions, to put one in force; who may is asked then. */
function chooseVersion({ workflowId, currentVersion }: WorkflowRecord, versions: readonly VersionRecord[]): NoteChoice | undefined {
  const others = versions.filter(({ version }) => version !== currentVersion)
  if (others.length === 0) return undefined
  return { placeholder: 'Go to a version …', actionId: 'workflow_back', options: others.map(({ version, reason }) => ({ text: `Version ${version}: ${reason.replaceAll(/\s+/g, ' ')}`, value: `rollback:${workflowId}:${version}` })) }
}

/** The first entries that have room together, one at least. */
function fitEntries(entries: readonly string[], room: number): readonly string[] {
  let chars = 0
  const end = entries.findIndex((entry, at) => (chars += entry.length + 1) > room && at > 0)
  return end === -1 ? entries : entries.slice(0, end)
}

/** What admins can do with a workflow; who clicks is asked then. */
function changeButtons({ workflowId, name, state }: WorkflowRecord): readonly NoteButton[] {
  const button = (text: string, word: string): NoteButton => ({ text, actionId: `workflow_${word}`, value: `${word}:${workflowId}` })
  return [button('Edit …', 'edit'), state === 'active' ? button('Pause', 'pause') : button('Resume', 'resume'), { ...button('Delete', 'delete'), style: 'danger', confirm: `"${name}" is used no more, and no button brings it back. To rest it for a while, pause it.` }]
}

/** How the newest versions did against those they replaced. */
async function describeTrials({ trials }: CommandDeps['learning'], workflow: WorkflowRecord): Promise<readonly string[]> {
  const newest = await trials.list(workflow.workflowId, undefined, shownTrials)
  const lines = newest.map(async (trial) => describeTrial(trial, trial.figures ?? talliesOf(await readEvidence(trials, workflow, trial))))
  return newest.length === 0 ? [] : ['*Trials*, newest first:', ...(await Promise.all(lines)).map((line) => `• ${line}`)]
}

const studyWords: Readonly<Record<StudyRecord['kind'], string>> = { reflect: 'looked back at an answer that went wrong', replay: 'answered past requests anew' }
const outcomeWords: Readonly<Record<NonNullable<StudyRecord['outcome']>, string>> = {
  offered: 'tried out what was found',
  proposed: 'asked the admins',
  nothing: 'found nothing to change',
  overtaken: 'the recipe was changed meanwhile',
  unpaid: 'the budget had no room',
  failed: 'the model did not answer as it should',
}

/** What Murmur looked into by itself. */
async function describeStudies({ studies }: CommandDeps['learning'], { workflowId }: WorkflowRecord): Promise<readonly string[]> {
  const newest = await studies.list(workflowId, shownTrials)
  return newest.length === 0 ? [] : ['*Looked into*, newest first:', ...newest.map(({ kind, outcome }) => `• ${studyWords[kind]}: ${outcome === undefined ? 'under way' : outcomeWords[outcome]}`)]
}

function describeVersion(version: VersionRecord, parent: VersionRecord | undefined): readonly string[] {
  const { version: number, reason, createdAtMs, recipe } = version
  const whole = parent ? diffRecipes(parent.recipe, recipe) : describeRecipe(recipe).map((line) => `+ ${line}`)
  const lines = whole.map((line) => (line.length > longestDiffLine ? `${line.slice(0, longestDiffLine).toWellFormed()} …` : line))
  return [`• version ${number}${parent ? ` (from ${parent.version})` : ''}, ${madeBy(version)}, ${utcTime(createdAtMs)}: ${reason}`, ...fenceLines(lines)]
}

const madeBy = ({ source, authorId }: VersionRecord): string => (source === 'user' ? `by <@${authorId}>` : source === 'automated' ? 'made of a pattern' : 'by Murmur itself')

interface Change {
  readonly word: string
  readonly id: string
  readonly text: string
  readonly change: (workflow: WorkflowRecord, text: string, nowMs: number) => Partial<WorkflowRecord> | undefined
}

const changes: Readonly<Record<string, Change['change']>> = {
  pause: ({ state }) => (state === 'paused' ? undefined : { state: 'paused' }),
  // What was seen of an automation before does not count against whoever takes it up again.
  resume: ({ state }, _, nowMs) => (state === 'active' ? undefined : { state: 'active', ...(state === 'learning' ? { watchedFromMs: nowMs } : {}) }),
  delete: () => ({ state: 'deleted' }),
  rename: (_, text) => (text === '' ? undefined : { name: text.slice(0, maxNameChars).toWellFormed() }),
}

async function changeWorkflow(deps: CommandDeps, call: CommandCall, { word, id, text, change }: Change): Promise<string> {
  await requireAdmin(deps, call, 'Changing a workflow for everybody')
  const { workflowId } = await findWorkflow(deps, call, id)
  if (word === 'rename' && text === '') throw new MurmurError('MUR_USAGE', { wanted: 'the new name after the id', hint: `For example \`/swarm workflows rename ${workflowId} Weekly report\`.` })
  const moved = await deps.learning.library.move(workflowId, { userId: call.userId, what: word }, (workflow) => change(workflow, text, deps.nowMs()))
  return moved ? `*${moved.after.name}* \`${workflowId}\` is ${word === 'rename' ? 'its new name' : moved.after.state} now.` : `Nothing changed: it was so already.`
}

async function findWorkflow({ learning, limits }: CommandDeps, { workspaceId, channelId }: CommandCall, typed: string): Promise<WorkflowRecord> {
  const id = typed.replaceAll('`', '')
  const workflow = id === '' ? undefined : await learning.workflows.find(id)
  const goalId = await limits.goalOf(workspaceId, channelId)
  if (workflow && workflow.workspaceId === workspaceId && workflow.goalId === goalId && workflow.state !== 'deleted') return workflow
  throw new MurmurError('MUR_USAGE', { wanted: 'the id of a workflow of this channel', found: id === '' ? 'nothing' : `\`${id.slice(0, 40)}\``, hint: '`/swarm workflows` lists the ids.' })
}

async function requireAuthorOrAdmin(deps: CommandDeps, call: CommandCall, current: VersionRecord | undefined): Promise<void> {
  if (current?.authorId === call.userId) return
  await requireAdmin(deps, call, 'Taking back what others improved', 'Ask an owner or admin, or whoever made the version in force.')
}

export const workflowCommands: readonly Command[] = [workflowsCommand, rollbackCommand]
