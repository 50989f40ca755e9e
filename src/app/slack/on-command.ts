import { createHash, randomUUID } from 'node:crypto'
import type { SlashCommand } from '@slack/bolt'
import { slashCommands } from '../../commands/register-commands.ts'
import { asMurmurError } from '../../errors.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import type { MessageContent } from './render-blocks.ts'
import { renderForm } from './render-form.ts'
import { renderNote, safeReply } from './render-note.ts'

/**
 * A slash command. The answer goes back in the acknowledgement, seen by the person alone; an objective answers with a
 * thread instead. Slack has no slash commands in threads, so there is no thread to answer in.
 */
export async function onCommand(edge: SlackEdge, command: SlashCommand, acknowledge: (reply?: string | MessageContent) => Promise<void>): Promise<void> {
  const name = command.command as keyof typeof slashCommands
  try {
    const { workspaceId, calls } = await placeOf(edge, command.team_id)
    const reply = await slashCommands[name](edge.commands, {
      workspaceId,
      channelId: command.channel_id,
      userId: command.user_id,
      text: decodeEntities(command.text ?? '').trim(),
      dedupeKey: dedupeKeyOf(command),
      replyUrl: command.response_url,
    })
    if (typeof reply === 'object' && 'note' in reply) await acknowledge(renderNote(reply))
    else if (typeof reply === 'object') {
      await acknowledge()
      await calls.tryCall('views.open', { trigger_id: command.trigger_id, view: renderForm(reply) })
    } else await acknowledge(reply === undefined ? undefined : safeReply(reply))
  } catch (error) {
    const failure = asMurmurError(error)
    if (failure.code === 'MUR_SLACK_BUSY' || failure.code === 'MUR_SLACK_REJECTED') {
      edge.logger.warn({ err: failure, command: name }, 'a command needed Slack and did not get it')
      return acknowledge(`:warning: Slack did not answer what I had to ask first, so nothing was done. Please try again in a moment. (\`${failure.code}\`)`)
    }
    // A store that is down must not look like success: unanswered, the person sees Slack's own failure and tries again.
    if (failure.told === 'operator') throw failure
    await acknowledge(safeReply(`:warning: ${failure.message}`))
  }
}

/** Slack gives each use of a command its own trigger; what was asked stands beside it, because not every server does. */
function dedupeKeyOf({ trigger_id: triggerId, team_id: teamId, channel_id: channelId, user_id: userId, command, text }: SlashCommand): string {
  const asked = createHash('sha256').update(JSON.stringify([teamId, channelId, userId, command, text]))
  return `command:${triggerId || randomUUID()}:${asked.digest('hex').slice(0, 16)}`
}

/** Slack sends these three characters escaped. */
const decodeEntities = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
