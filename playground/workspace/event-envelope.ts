import type { Outgoing } from './delivery.ts'
import type { Channel } from './directory.ts'
import { asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** Slack's old shared secret; apps must not rely on it, the signature is what counts. */
export const VERIFICATION_TOKEN = 'playground-verification-token'

/** Wraps an event the way the Events API does, with an event id of its own. */
export function wrapEvent(state: WorkspaceState, event: JsonObject): Outgoing {
  const { directory } = state
  const type = asText(event.type) ?? 'unknown'
  return {
    kind: 'event',
    type,
    payload: {
      token: VERIFICATION_TOKEN,
      team_id: directory.team.id,
      context_team_id: directory.team.id,
      context_enterprise_id: null,
      api_app_id: directory.appId,
      event,
      type: 'event_callback',
      event_id: state.ids.next('Ev'),
      event_time: Math.floor(state.clock.nowMs / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: directory.team.id,
          user_id: directory.bot.userId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: `4-playground-${type}`,
    },
  }
}

const MESSAGE_EVENTS = {
  channel: 'message.channels',
  group: 'message.groups',
  im: 'message.im',
  mpim: 'message.mpim',
} as const

/** Whether the manifest subscribes to this event; without a list it subscribes to all. */
export function isSubscribed(state: WorkspaceState, event: JsonObject, channel?: Channel): boolean {
  const { events } = state.seed
  if (events === undefined) return true
  const type = asText(event.type) ?? ''
  return events.includes(type === 'message' && channel !== undefined ? MESSAGE_EVENTS[channel.kind] : type)
}
