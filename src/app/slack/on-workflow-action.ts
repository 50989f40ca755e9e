import { slashCommands } from '../../commands/register-commands.ts'
import { asMurmurError } from '../../errors.ts'
import type { Recipe, WorkflowId } from '../../storage/records.ts'
import { whisper, type Click } from './click.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import { readField, type FormErrors, type FormSubmission } from './form.ts'
import { renderForm } from './render-form.ts'
import { asUsual, guidanceFields, type WorkflowField, type WorkflowFormMemory } from './render-workflow-modal.ts'
import { renderNote, safeReply } from './render-note.ts'

const mostRemarks = 12
const longestRemark = 600

/** What is clicked under a workflow, or chosen of a list, does what the command of the same word does, which asks who may. */
export async function onWorkflowChange(edge: SlackEdge, click: Click): Promise<void> {
  if (click.channelId === undefined) return
  const { workspaceId, calls } = await placeOf(edge, click.teamId)
  const { channelId, userId } = click
  try {
    const reply = await slashCommands['/swarm'](edge.commands, { workspaceId, channelId, userId, text: commandOf(click), dedupeKey: '', replyUrl: undefined })
    if (typeof reply === 'object' && 'form' in reply) await calls.tryCall('views.open', { trigger_id: click.triggerId, view: renderForm(reply) })
    else if (typeof reply === 'object') {
      const { text, blocks } = renderNote(reply)
      await whisper(edge, click, text, blocks)
    } else await whisper(edge, click, safeReply(reply ?? ''))
  } catch (error) {
    const failure = asMurmurError(error)
    if (failure.told === 'operator') throw failure
    await whisper(edge, click, safeReply(`:warning: ${failure.message}`))
  }
}

function commandOf({ value }: Click): string {
  const [word = '', workflowId = '', version = ''] = value.split(':')
  if (word === 'open') return `workflows ${workflowId}`
  if (word === 'rollback') return `rollback ${workflowId} ${version}`
  return `workflows ${word} ${workflowId}`
}

/** The form of a workflow: the right to change it, and that nobody else has changed it, are checked again here. */
export async function onWorkflowSubmitted(edge: SlackEdge, { teamId, userId, metadata, values }: FormSubmission): Promise<FormErrors> {
  const { workspaceId, calls } = await placeOf(edge, teamId)
  const { isAdmin, learning, limits, improving } = edge.commands
  if (!(await isAdmin(workspaceId, userId))) return { name: 'Changing a workflow for everybody is for admins.' }
  const { channelId, workflowId, version } = JSON.parse(metadata) as WorkflowFormMemory
  const workflow = await learning.workflows.find(workflowId)
  const shown = workflow && (await learning.workflows.version(workflow.workflowId, version))
  const isHere = workflow?.workspaceId === workspaceId && workflow.state !== 'deleted' && workflow.goalId === (await limits.goalOf(workspaceId, channelId))
  if (!shown || !isHere) return { name: 'This workflow is no longer stored.' }
  const field = (name: WorkflowField): string => improving.redact(readField(values, { blockId: name, actionId: name }))
  const guidance = guidanceFields.flatMap((name) => field(name).split('\n')).map((line) => line.trim()).filter((line) => line !== '')
  if (field('name') === '') return { name: 'Give it a name.' }
  if (guidance.length > mostRemarks || guidance.some((line) => line.length > longestRemark)) return { guidance: `At most ${mostRemarks} lines of at most ${longestRemark} characters.` }
  const known = await improving.knownOf(workspaceId)
  const named = { who: known.specialties.map(({ id }) => id), model: known.models, topology: known.topologies } as const
  for (const name of ['who', 'model', 'topology'] as const) if (field(name) !== asUsual && !named[name].includes(field(name))) return { [name]: 'This is no longer there; choose another one.' }
  const saved = await learning.edit(workflow.workflowId as WorkflowId, { userId, shownVersion: version, name: field('name'), recipe: recipeOf(shown.recipe, guidance, field) })
  if (saved === 'outdated') return { name: 'Somebody has changed it meanwhile. Close this form and open it again to see how.' }
  await calls.tryCall('chat.postEphemeral', { channel: channelId, user: userId, text: safeReply(saved === 'same' ? 'Nothing was changed.' : `*${field('name')}* \`${workflowId}\` is saved; \`/swarm workflows ${workflowId}\` shows what changed.`) })
  return {}
}

/** What the form does not show stays. */
function recipeOf({ specialtyId: _who, modelId: _model, topology: _topology, format: _format, ...rest }: Recipe, guidance: readonly string[], field: (name: WorkflowField) => string): Recipe {
  const chosen = (name: WorkflowField): string | undefined => (field(name) === asUsual || field(name) === '' ? undefined : field(name))
  const entries = Object.entries({ specialtyId: chosen('who'), modelId: chosen('model'), topology: chosen('topology'), format: chosen('format') }).filter(([, value]) => value !== undefined)
  return { ...rest, ...(Object.fromEntries(entries) as Partial<Recipe>), guidance }
}
