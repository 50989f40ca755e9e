import { parseSetting, settingLimit } from '../../commands/budget-command.ts'
import { asMurmurError } from '../../errors.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import type { FormErrors, FormSubmission } from './form.ts'
import { budgetFields } from './render-budget-modal.ts'

/** The budget form: all of it or nothing, and the right to change it is checked again here. */
export async function onBudgetSubmitted(edge: SlackEdge, { teamId, userId, metadata, values }: FormSubmission): Promise<FormErrors> {
  const names = Object.keys(budgetFields)
  const { workspaceId } = await placeOf(edge, teamId)
  if (!(await edge.commands.isAdmin(workspaceId, userId))) return { [names[0] ?? 'daily']: 'Changing a budget is for admins.' }
  const change: Record<string, number | string> = {}
  const errors: Record<string, string> = {}
  for (const name of names) {
    try {
      change[settingLimit(name)] = parseSetting(name, (values[name]?.[name]?.value ?? '').trim())
    } catch (error) {
      errors[name] = asMurmurError(error).message.slice(0, 150)
    }
  }
  if (Object.keys(errors).length > 0) return errors
  const { channelId } = JSON.parse(metadata) as { channelId: string }
  const { limits } = edge.commands
  await limits.set(workspaceId, await limits.goalOf(workspaceId, channelId), change, userId)
  return {}
}
