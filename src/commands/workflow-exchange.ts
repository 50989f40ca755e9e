import type { WorkflowRecord } from '../storage/records.ts'
import type { CommandCall, CommandDeps } from './command.ts'
import { readPastedJson } from './config-command.ts'
import { requireAdmin } from './permissions.ts'
import { readTemplates } from './read-templates.ts'

const mostWorkflows = 50
/** What a reply holds beside its other words. */
const maxJsonChars = 12_000

/** Recipes as JSON that another channel or workspace can take: without ids, people and channels. */
export async function exportWorkflows({ learning, limits, ...deps }: CommandDeps, call: CommandCall, only: WorkflowRecord | undefined): Promise<string> {
  await requireAdmin(deps, call, 'Exporting workflows')
  const { workspaceId, channelId } = call
  const wanted = only ? [only] : await learning.workflows.listGoal(workspaceId, await limits.goalOf(workspaceId, channelId), mostWorkflows)
  if (wanted.length === 0) return 'There is no workflow here to export.'
  const templates = (await Promise.all(wanted.map((workflow) => learning.templates.exported(workflow)))).filter((template) => template !== undefined)
  // An escaped backtick is the same JSON and ends no fence.
  const json = JSON.stringify({ workflows: templates }).replaceAll('`', String.raw`\u0060`)
  if (json.length > maxJsonChars) return `These ${wanted.length} workflows are more than fits here (${json.length.toLocaleString('en-US')} characters). Export one by its id: \`/swarm workflows export <id>\`.`
  return `${templates.length === 1 ? 'One template' : `${templates.length} templates`}; \`/swarm workflows import <json>\` takes it in any channel:\n\`\`\`${json}\`\`\``
}

export async function importWorkflows({ improving, learning, limits, ...deps }: CommandDeps, call: CommandCall, json: string): Promise<string> {
  await requireAdmin(deps, call, 'Importing workflows')
  const { workspaceId, channelId, userId } = call
  const templates = readTemplates(readPastedJson(json, '/swarm workflows import', '/swarm workflows export'), await improving.knownOf(workspaceId))
  const place = { workspaceId, goalId: await limits.goalOf(workspaceId, channelId), userId }
  const lines: string[] = []
  for (const { name, like, recipe } of templates) {
    const safe = { name: improving.redact(name), like: improving.redact(like), recipe: { ...recipe, guidance: recipe.guidance.map(improving.redact) } }
    const taken = await learning.templates.take(place, safe)
    lines.push(`• *${taken.name}* \`${taken.version.workflowId}\`: version ${taken.version.version}`)
  }
  return [`Imported for requests of this channel:`, ...lines].join('\n')
}
