import { expect, test } from '@jest/globals'
import { MurmurError } from '../../../src/errors.ts'
import type { SlackCalls, SlackResult } from '../../../src/app/slack/slack-calls.ts'
import { authorizeWith, createSingleWorkspace } from '../../../src/app/slack/workspaces.ts'

const query = { teamId: 'T1' }
const refuses = (code: 'MUR_SLACK_BUSY' | 'MUR_SLACK_REJECTED', reason: string) => async (): Promise<SlackResult> => {
  throw new MurmurError(code, { method: 'auth.test', reason })
}

/** A workspace whose Slack answers auth.test so. */
function aWorkspace(answer: () => Promise<SlackResult>) {
  const calls: SlackCalls = { call: answer, tryCall: async () => ({ ok: true, result: {} }), upload: async () => {}, download: async () => new Uint8Array() }
  return createSingleWorkspace('xoxb-test', () => calls)
}

test('who we are is asked once', async () => {
  let asked = 0
  const workspaces = aWorkspace(async () => ({ ok: true, team_id: 'T1', user_id: 'U1', bot_id: `B${++asked}` }))
  expect(await workspaces.find(query)).toMatchObject({ teamId: 'T1', botUserId: 'U1', botId: 'B1' })
  expect(await workspaces.identify(query)).toMatchObject({ botId: 'B1' })
  expect(await workspaces.identify({ teamId: undefined })).toMatchObject({ botId: 'B1' })
  expect(asked).toBe(1)
})

test.each([
  ['answers next to nothing', async () => ({ ok: true })],
  ['does not know the method', refuses('MUR_SLACK_REJECTED', 'unknown_method')],
])('a server that %s is spoken to all the same', async (_what, answer) => {
  const workspaces = aWorkspace(answer)
  expect(await workspaces.find(query)).toMatchObject({ teamId: '', botUserId: '', botId: undefined })
  expect(await authorizeWith(workspaces, query)).toEqual({ botToken: 'xoxb-test' })
})

test.each([
  ['has trouble', refuses('MUR_SLACK_BUSY', 'http_500')],
  ['does not answer', () => new Promise<SlackResult>(() => {})],
])('an event is taken in while Slack %s', async (_what, answer) => {
  expect(await aWorkspace(answer).identify(query)).toMatchObject({ botToken: 'xoxb-test', botUserId: '' })
})

test('a refused token is told, and asked about again the next time', async () => {
  let asked = 0
  const workspaces = aWorkspace(async () => {
    if (++asked === 1) return refuses('MUR_SLACK_REJECTED', 'invalid_auth')()
    return { ok: true, user_id: 'U1' }
  })
  await expect(workspaces.identify(query)).rejects.toMatchObject({ details: { reason: 'invalid_auth' } })
  expect(await workspaces.identify(query)).toMatchObject({ botUserId: 'U1' })
})
