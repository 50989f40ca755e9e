import { expect, test } from '@jest/globals'
import { WebClient } from '@slack/web-api'
import { quietLogger } from './quiet-logger.ts'
import { ALICE, GENERAL, clientOf, errorOf, withClient } from './web-client.ts'

test('tells the token who it is', () =>
  withClient(async ({ workspace, client }) => {
    const answer = await client.auth.test()
    expect(answer).toMatchObject({
      ok: true,
      team_id: 'T0MURMUR001',
      user_id: 'U0MURMUR001',
      bot_id: 'B0MURMUR001',
      url: `${workspace.url}/`,
    })
    expect(answer.response_metadata?.scopes).toContain('chat:write')
  }))

test('refuses unknown tokens, missing tokens and app tokens', () =>
  withClient(async ({ workspace, client }) => {
    expect(await errorOf(clientOf(workspace, 'xoxb-wrong').auth.test())).toBe('invalid_auth')
    const response = await fetch(`${workspace.apiUrl}auth.test`, { method: 'POST' })
    expect(await response.json()).toEqual({ ok: false, error: 'not_authed' })
    const call = clientOf(workspace, workspace.appToken).chat.postMessage({ channel: GENERAL, text: 'hi' })
    expect(await errorOf(call)).toBe('not_allowed_token_type')
    await client.auth.revoke()
    expect(await errorOf(client.auth.test())).toBe('invalid_auth')
  }))

test('answers an unknown method with unknown_method and HTTP 200', () =>
  withClient(async ({ client }) => {
    expect(await errorOf(client.apiCall('agents.fly', {}))).toBe('unknown_method')
  }))

test('reads JSON bodies, forms and a token in the body alike', () =>
  withClient(async ({ workspace }) => {
    const bearer = { authorization: `Bearer ${workspace.botToken}` }
    const post = async (headers: Record<string, string>, body: string): Promise<unknown> =>
      (await fetch(`${workspace.apiUrl}chat.postMessage`, { method: 'POST', headers, body })).json()
    const blocks = [{ type: 'divider' }]
    const asJson = await post(
      { ...bearer, 'content-type': 'application/json' },
      JSON.stringify({ channel: GENERAL, text: 'a', blocks }),
    )
    const form = new URLSearchParams({
      token: workspace.botToken,
      channel: '#general',
      text: 'b',
      blocks: JSON.stringify(blocks),
    })
    const asForm = await post({ 'content-type': 'application/x-www-form-urlencoded' }, form.toString())
    expect([asJson, asForm]).toMatchObject([{ ok: true }, { ok: true, channel: GENERAL }])
    expect(workspace.messages('general').map((message) => message.blocks)).toEqual([blocks, blocks])
    expect(workspace.calls('chat.postMessage')[1]?.args).not.toHaveProperty('token')
    expect(await post({ ...bearer, 'content-type': 'application/json' }, '{broken')).toEqual({
      ok: false,
      error: 'invalid_json',
    })
  }))

test('fails with missing_scope when a scope was revoked, personas included', () =>
  withClient(async ({ workspace, client }) => {
    await client.chat.postMessage({ channel: GENERAL, text: 'hi', username: 'Analyst', icon_emoji: ':owl:' })
    workspace.revokeScope('chat:write.customize')
    expect(await errorOf(client.chat.postMessage({ channel: GENERAL, text: 'hi', username: 'Analyst' }))).toBe(
      'missing_scope',
    )
    await client.chat.postMessage({ channel: GENERAL, text: 'plain still works' })
    workspace.revokeScope('chat:write')
    expect(await errorOf(client.chat.postMessage({ channel: GENERAL, text: 'hi' }))).toBe('missing_scope')
    expect(workspace.messages('general').map((message) => message.username)).toEqual(['Analyst', undefined])
  }))

test('answers 429 with Retry-After, and the real client waits and succeeds', () =>
  withClient(async ({ workspace }) => {
    workspace.faults.add({ method: 'chat.postMessage', kind: 'rate_limited', retryAfterSeconds: 1 })
    const client = new WebClient(workspace.botToken, {
      slackApiUrl: workspace.apiUrl,
      retryConfig: { retries: 1, minTimeout: 0 },
      logger: quietLogger,
    })
    const startedMs = performance.now()
    await client.chat.postMessage({ channel: GENERAL, text: 'patient' })
    expect(performance.now() - startedMs).toBeGreaterThan(900)
    expect(workspace.calls('chat.postMessage').map((call) => [call.httpStatus, call.error])).toEqual([
      [429, 'ratelimited'],
      [200, undefined],
    ])
    const strict = new WebClient(workspace.botToken, {
      slackApiUrl: workspace.apiUrl,
      rejectRateLimitedCalls: true,
      logger: quietLogger,
    })
    workspace.faults.add({ method: '*', kind: 'rate_limited', retryAfterSeconds: 7 })
    await expect(strict.auth.test()).rejects.toMatchObject({ retryAfter: 7 })
  }))

test('fails calls as the fault says, as often as it says', () =>
  withClient(async ({ workspace, client }) => {
    workspace.faults.add({ method: 'chat.postMessage', kind: 'error', error: 'msg_too_long', times: 2 })
    workspace.faults.add({ method: 'chat.postMessage', kind: 'http_500' })
    const post = (): Promise<unknown> => client.chat.postMessage({ channel: GENERAL, text: 'hi' })
    expect(await errorOf(post())).toBe('msg_too_long')
    expect(workspace.faults.list()).toMatchObject([{ error: 'msg_too_long', times: 1 }, { kind: 'http_500' }])
    expect(await errorOf(post())).toBe('msg_too_long')
    await expect(post()).rejects.toMatchObject({ statusCode: 500 })
    await post()
    expect(workspace.messages('general')).toHaveLength(1)
  }))

test('loses only the answer when the fault comes after the effect', () =>
  withClient(async ({ workspace, client }) => {
    workspace.faults.add({ method: 'chat.postMessage', kind: 'disconnect', afterEffect: true })
    await expect(client.chat.postMessage({ channel: GENERAL, text: 'landed' })).rejects.toThrow('fetch failed')
    workspace.faults.add({ method: 'chat.postMessage', kind: 'disconnect' })
    await expect(client.chat.postMessage({ channel: GENERAL, text: 'never came' })).rejects.toThrow('fetch failed')
    expect(workspace.messages('general').map((message) => message.text)).toEqual(['landed'])
    expect(workspace.calls('chat.postMessage').map((call) => call.error)).toEqual(['disconnect', 'disconnect'])
  }))

test('hangs until the client gives up', () =>
  withClient(async ({ workspace }) => {
    workspace.faults.add({ method: 'auth.test', kind: 'hang' })
    const client = new WebClient(workspace.botToken, {
      slackApiUrl: workspace.apiUrl,
      timeout: 100,
      retryConfig: { retries: 0 },
      logger: quietLogger,
    })
    await expect(client.auth.test()).rejects.toThrow('timeout')
    expect(workspace.calls('auth.test')).toMatchObject([{ httpStatus: 0, error: 'hang' }])
  }))

test('keeps a bounded journal of calls', () =>
  withClient(
    async ({ workspace, client }) => {
      for (let count = 0; count < 30; count += 1) await client.users.info({ user: ALICE })
      expect(workspace.calls().length).toBeLessThanOrEqual(13)
    },
    { limits: { calls: 10 } },
  ))
