import type { CommandForm } from '../../commands/command.ts'
import { renderBatchModal } from './render-batch-modal.ts'
import { renderBudgetModal } from './render-budget-modal.ts'
import { renderSwarmModal } from './render-swarm-modal.ts'
import { renderTeamModal } from './render-team-modal.ts'
import { renderWorkflowModal } from './render-workflow-modal.ts'

type Renderers = { readonly [Form in CommandForm['form']]: (form: Extract<CommandForm, { form: Form }>) => object }

/** What each form looks like; its submission is handled by a row of `register-listeners.ts`. */
const renderers: Renderers = {
  budget: renderBudgetModal,
  batch: renderBatchModal,
  team: renderTeamModal,
  swarm: renderSwarmModal,
  workflow: renderWorkflowModal,
}

/** A form as a modal. */
export const renderForm = (form: CommandForm): object => renderers[form.form](form as never)
