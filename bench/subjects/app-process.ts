import { Agent, request as sendRequest } from 'node:http'
import { signRequest } from '../../playground/workspace/sign-request.ts'
import type { SlackFacts } from './slack-murmur.ts'
import type { SlackSpot } from './bare-slack.ts'

/** Long connections, as Slack keeps them. */
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
let deliveries = 0

/** A mention of the app in a thread, as the Events API delivers it. */
export function createMention({ teamId, botUserId, appId, userId }: SlackFacts, { channelId, threadId }: SlackSpot, text: string): string {
  const number = ++deliveries
  const ts = `${Math.floor(Date.now() / 1_000)}.${String(number).padStart(6, '0')}`
  return JSON.stringify({
    token: 'bench',
    team_id: teamId,
    api_app_id: appId,
    type: 'event_callback',
    event_id: `Ev${process.pid}${number}`,
    event_time: Math.floor(Date.now() / 1_000),
    authorizations: [{ enterprise_id: null, team_id: teamId, user_id: botUserId, is_bot: true, is_enterprise_install: false }],
    event: { type: 'app_mention', user: userId, text: `<@${botUserId}> ${text}`, ts, thread_ts: threadId, channel: channelId, event_ts: ts },
  })
}

/** Delivers a body as Slack does, signed. @returns the status it was answered with */
export function deliver(appUrl: string, { signingSecret }: SlackFacts, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...signRequest(signingSecret, body, Date.now()) }
    const call = sendRequest(`${appUrl}/slack/events`, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    call.once('error', reject).end(body)
  })
}
