import type { App, BlockAction, SlackViewAction } from '@slack/bolt'
import type { SlackEdge } from './edge.ts'
import { onBatchSubmitted } from './on-batch-submitted.ts'
import { onBudgetSubmitted } from './on-budget-submitted.ts'
import type { Click } from './click.ts'
import { onApproval, onAskAgain, onFeedback, onReroute, onWhy } from './on-action.ts'
import { onCommand } from './on-command.ts'
import { onCompare, onImproveOther, onRemarkAsRequest, onUndo } from './on-improvement.ts'
import { onWorkflowHistory, onWorkflowRollback } from './on-home-action.ts'
import { onHomeOpened } from './on-home-opened.ts'
import { onJoinedChannel } from './on-joined-channel.ts'
import { onMessage } from './on-message.ts'
import { onProposal } from './on-proposal.ts'
import { onSessionStopped } from './on-session-stopped.ts'
import { onRunnerUp, onStop } from './on-swarm-action.ts'
import { onAskShortcut, onAskSubmitted, onImproveShortcut, onImproveSubmitted } from './on-shortcut.ts'
import type { FormErrors, FormSubmission, FormValues } from './form.ts'
import { batchModalId } from './render-batch-modal.ts'
import { onSwarmSubmitted } from './on-swarm-submitted.ts'
import { swarmModalId } from './render-swarm-modal.ts'
import { budgetModalId } from './render-budget-modal.ts'
import { askModalId, improveModalId } from './render-modals.ts'
import { onWorkflowChange, onWorkflowSubmitted } from './on-workflow-action.ts'
import { workflowModalId } from './render-workflow-modal.ts'
import { onTeamSubmitted } from './on-team-submitted.ts'
import { teamModalId } from './render-team-modal.ts'

/**
 * The one table: what Slack sends -> who handles it. The receiver answers Slack after the handler, so each only stores
 * and returns; manifest.yml subscribes to exactly these.
 */
export function registerListeners(app: App, edge: SlackEdge): void {
  registerEvents(app, edge)
  registerCommands(app, edge)
  registerInteractions(app, edge)
  registerForms(app, edge)
}

function registerEvents(app: App, edge: SlackEdge): void {
  for (const name of ['app_mention', 'message'] as const) {
    app.event(name, ({ body, context }) => onMessage(edge, { body, teamId: context.teamId }))
  }
  app.event('app_home_opened', ({ event, context }) =>
    onHomeOpened(edge, { teamId: context.teamId, userId: event.user, channelId: event.channel, tab: event.tab ?? 'home' }),
  )
  app.event('agent_session_stopped', async ({ event, context }) => {
    const { channel: channelId, thread_ts: threadId, user: userId } = event
    if (threadId !== undefined) await onSessionStopped(edge, { teamId: context.teamId, channelId, threadId, userId })
  })
  app.event('member_joined_channel', ({ event, context }) =>
    onJoinedChannel(edge, { teamId: context.teamId, channelId: event.channel, userId: event.user, inviterId: event.inviter }),
  )
  // Subscribed so that what comes with them later needs no new installation; nothing is done with them yet.
  for (const name of ['agent_session_title_changed', 'app_context_changed'] as const) app.event(name, async () => {})
  for (const name of ['app_uninstalled', 'tokens_revoked'] as const) {
    app.event(name, ({ body }) => edge.forgetInstallation(body.team_id))
  }
}

function registerCommands(app: App, edge: SlackEdge): void {
  for (const name of ['/swarm', '/improve'] as const) {
    app.command(name, ({ command, ack }) => onCommand(edge, command, (reply) => ack(reply)))
  }
  // A manifest newer than this version names more commands than these.
  app.command(/^\/(?!(?:swarm|improve)$)/, ({ command, ack }) => ack(`This version of Murmur does not know \`${command.command}\`. Try \`/swarm help\`.`))
}

function registerInteractions(app: App, edge: SlackEdge): void {
  app.action<BlockAction>('feedback', async ({ body, action, ack }) => {
    await onFeedback(edge, readClick(body, action))
    await ack()
  })
  app.action<BlockAction>('why_agent', async ({ body, action, ack }) => {
    await onWhy(edge, readClick(body, action))
    await ack()
  })
  app.action<BlockAction>('ask_again', async ({ body, action, ack }) => {
    await onAskAgain(edge, readClick(body, action))
    await ack()
  })
  app.action<BlockAction>('runner_up', async ({ body, action, ack }) => {
    await onRunnerUp(edge, readClick(body, action))
    await ack()
  })
  app.action<BlockAction>('reroute', async ({ body, action, ack }) => {
    await onReroute(edge, readClick(body, action))
    await ack()
  })
  app.action<BlockAction>('stop_run', async ({ body, action, ack }) => {
    await onStop(edge, readClick(body, action))
    await ack()
  })
  for (const [actionId, handle] of Object.entries({ compare_improved: onCompare, undo_improvement: onUndo, improve_other: onImproveOther, remark_as_request: onRemarkAsRequest, workflow_history: onWorkflowHistory, workflow_rollback: onWorkflowRollback, workflow_edit: onWorkflowChange, workflow_pause: onWorkflowChange, workflow_resume: onWorkflowChange, workflow_delete: onWorkflowChange, workflow_open: onWorkflowChange, workflow_back: onWorkflowChange })) {
    app.action<BlockAction>(actionId, async ({ body, action, ack }) => {
      await handle(edge, readClick(body, action))
      await ack()
    })
  }
  for (const [actionId, isApproved] of [['approve_improvement', true], ['reject_improvement', false]] as const) {
    app.action<BlockAction>(actionId, async ({ body, action, ack }) => {
      await onProposal(edge, readClick(body, action), isApproved)
      await ack()
    })
  }
  for (const [actionId, isApproved] of [['approve_run', true], ['deny_run', false]] as const) {
    app.action<BlockAction>(actionId, async ({ body, action, ack }) => {
      await onApproval(edge, readClick(body, action), isApproved)
      await ack()
    })
  }
  app.shortcut('ask_murmur', async ({ body, ack }) => {
    await onAskShortcut(edge, { teamId: body.team?.id, userId: body.user.id, triggerId: body.trigger_id })
    await ack()
  })
  app.shortcut({ type: 'message_action', callback_id: 'improve_answer' }, async ({ shortcut, ack }) => {
    const { team, user, trigger_id: triggerId, channel, message } = shortcut
    const place = { channelId: channel.id, messageId: message.ts, threadId: message['thread_ts'] as string | undefined }
    await onImproveShortcut(edge, { teamId: team?.id, userId: user.id, triggerId, ...place })
    await ack()
  })
}

/** The forms that people send, by the id of their modal. */
const forms: Readonly<Record<string, (edge: SlackEdge, submission: FormSubmission) => Promise<FormErrors>>> = {
  [askModalId]: onAskSubmitted,
  [improveModalId]: onImproveSubmitted,
  [budgetModalId]: onBudgetSubmitted,
  [swarmModalId]: onSwarmSubmitted,
  [teamModalId]: onTeamSubmitted,
  [batchModalId]: onBatchSubmitted,
  [workflowModalId]: onWorkflowSubmitted,
}

function registerForms(app: App, edge: SlackEdge): void {
  for (const [modalId, onSubmitted] of Object.entries(forms)) {
    app.view(modalId, async ({ body, view, ack }) => {
      const errors = await onSubmitted(edge, readSubmission(body, view))
      await ack(Object.keys(errors).length > 0 ? { response_action: 'errors', errors } : undefined)
    })
  }
}

function readClick(body: BlockAction, action: unknown): Click {
  const { value: own, selected_option: option } = action as { value?: string; selected_option?: { value: string } | null }
  const value = own ?? option?.value ?? ''
  const { team, user, channel, container, trigger_id: triggerId } = body
  return { teamId: team?.id, userId: user.id, channelId: channel?.id, threadId: container['thread_ts'] as string | undefined, messageId: container['message_ts'] as string | undefined, triggerId, value }
}

const readSubmission = ({ team, user }: Pick<SlackViewAction, 'team' | 'user'>, { id, private_metadata: metadata, state }: SlackViewAction['view']): FormSubmission => ({
  teamId: team?.id,
  userId: user.id,
  viewId: id,
  metadata,
  values: state.values as FormValues,
})
