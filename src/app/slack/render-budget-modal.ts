import type { BudgetForm } from '../../commands/command.ts'

export const budgetModalId = 'edit_budget'

/** The fields of the form: the word that `/swarm budget set` knows, and what stands over it. */
export const budgetFields = {
  daily: 'Daily limit of this channel or project (USD)',
  run: 'Limit of a single run (USD)',
  agents: 'Agents a day',
  concurrent: 'Agents at once',
} as const

const inDollars = (microUsd: number): string => String(microUsd / 1_000_000)

/** The budget of a goal as a form, with what is in force filled in. */
export function renderBudgetModal({ limits, channelId }: BudgetForm) {
  const values: Record<keyof typeof budgetFields, string> = {
    daily: inDollars(limits.goalPerDayMicroUsd),
    run: inDollars(limits.runMicroUsd),
    agents: String(limits.agentsPerDay),
    concurrent: String(limits.concurrentAgents),
  }
  return {
    type: 'modal',
    callback_id: budgetModalId,
    private_metadata: JSON.stringify({ channelId }),
    title: { type: 'plain_text', text: 'Budget' },
    submit: { type: 'plain_text', text: 'Save' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: Object.entries(budgetFields).map(([name, label]) => ({
      type: 'input',
      block_id: name,
      label: { type: 'plain_text', text: label },
      element: { type: 'plain_text_input', action_id: name, initial_value: values[name as keyof typeof budgetFields], max_length: 20 },
    })),
  }
}
