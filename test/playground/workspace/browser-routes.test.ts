import { request } from 'node:http'
import { expect, test } from '@jest/globals'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import type { Workspace, WorkspaceOptions } from '../../../playground/workspace/workspace.ts'
import { withBolt } from './bolt-app.ts'
import { ALICE, BOB, GENERAL, clientOf } from './web-client.ts'

type Json = { [key: string]: unknown }

async function withWorkspace(
  work: (workspace: Workspace) => Promise<void>,
  options: WorkspaceOptions = {},
): Promise<void> {
  const workspace = await createWorkspace(options)
  try {
    await work(workspace)
  } finally {
    await workspace.close()
  }
}

async function look(workspace: Workspace, what: string, query: Record<string, string>): Promise<Json> {
  return (await fetch(`${workspace.url}/play/${what}?${new URLSearchParams(query)}`)).json() as Promise<Json>
}

async function act(workspace: Workspace, input: object): Promise<Json> {
  const answer = await fetch(`${workspace.url}/play/act`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  return { http: answer.status, ...((await answer.json()) as Json) }
}

/** Reads Server-Sent Events until `count` of them are there. */
async function listen(
  workspace: Workspace,
  user: string,
  count: number,
  during: () => Promise<unknown>,
): Promise<Json[]> {
  const answer = await fetch(`${workspace.url}/play/events?user=${user}`)
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader?.read())?.value ?? ''
  const events = (): Json[] =>
    text
      .split('\n\n')
      .filter((part) => part.startsWith('data: '))
      .map((part) => JSON.parse(part.slice(6)) as Json)
  await during()
  for (let reads = 0; reads < 100 && events().length < count; reads += 1) text += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  return events()
}

test('tells the page who is here, what each may see, and what is unread', () =>
  withWorkspace(
    async (workspace) => {
      await workspace.say({ user: BOB, channel: GENERAL, text: 'hi' })
      const alice = await look(workspace, 'state', { user: ALICE })
      expect(alice).toMatchObject({
        team: { name: 'Playground' },
        me: { id: ALICE, isAdmin: true },
        botUserId: 'U0MURMUR001',
        banner: { text: 'offline model' },
        commands: [{ command: '/swarm', description: 'Ask a swarm' }],
        faults: [],
      })
      const names = (state: Json): unknown[] =>
        (state.channels as Json[]).map((channel) => [channel.id, channel.unread])
      expect(names(alice)).toEqual([
        [GENERAL, 1],
        ['C0AILAB0001', 0],
        ['G0LAB000001', 0],
        ['D0ALICE0001', 0],
      ])
      expect(names(await look(workspace, 'state', { user: BOB }))).toEqual([
        [GENERAL, 1],
        ['C0AILAB0001', 0],
        ['D0BOB000001', 0],
      ])
      await look(workspace, 'messages', { user: ALICE, channel: GENERAL })
      expect(names(await look(workspace, 'state', { user: ALICE }))[0]).toEqual([GENERAL, 0])
    },
    { seed: { banner: 'offline model', commands: [{ command: '/swarm', description: 'Ask a swarm' }] } },
  ))

test('shows messages, threads and ephemerals to those who may see them', () =>
  withWorkspace(async (workspace) => {
    const client = clientOf(workspace)
    const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'root', blocks: [{ type: 'divider' }] })
    await client.chat.postMessage({ channel: GENERAL, text: 'reply', thread_ts: ts })
    await client.chat.postEphemeral({ channel: GENERAL, user: ALICE, text: 'psst' })
    await client.agents.sessions.setStatus({ channel_id: GENERAL, thread_ts: ts, status: 'processing', title: 'Work' })
    const seen = await look(workspace, 'messages', { user: ALICE, channel: GENERAL })
    expect(seen).toMatchObject({
      messages: [
        { text: 'root', replyCount: 1, blocks: [{ type: 'divider', block_id: 'auto0' }] },
        { text: 'reply' },
        { text: 'psst' },
      ],
      sessions: [{ threadTs: ts, status: 'processing', title: 'Work' }],
    })
    expect((await look(workspace, 'messages', { user: BOB, channel: GENERAL })).messages).toHaveLength(2)
    expect(await look(workspace, 'thread', { user: BOB, channel: GENERAL, ts })).toMatchObject({
      messages: [{ text: 'root' }, { text: 'reply' }],
      session: { status: 'processing' },
    })
    expect(await look(workspace, 'messages', { user: BOB, channel: 'G0LAB000001' })).toMatchObject({ ok: false })
    expect(await look(workspace, 'state', { user: 'U0NOBODY001' })).toMatchObject({ ok: false })
  }))

test('sends events as they happen, private ones only to those concerned', () =>
  withWorkspace(async (workspace) => {
    const client = clientOf(workspace)
    const work = async (): Promise<void> => {
      await client.chat.postMessage({ channel: 'lab', text: 'private' })
      await client.chat.postEphemeral({ channel: GENERAL, user: ALICE, text: 'psst' })
      const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'root' })
      await client.agents.sessions.setStatus({ channel_id: GENERAL, thread_ts: ts, status: 'processing' })
      await client.reactions.add({ channel: GENERAL, timestamp: ts, name: 'eyes' })
      await client.chat.delete({ channel: GENERAL, ts })
    }
    const common = ['message', 'session', 'reaction', 'message_deleted']
    expect((await listen(workspace, BOB, 4, work)).map((event) => event.type)).toEqual(common)
    const seen = await listen(workspace, ALICE, 6, work)
    expect(seen.map((event) => event.type)).toEqual(['message', 'ephemeral', ...common])
    expect(seen[0]).toMatchObject({ channel: 'G0LAB000001', message: { text: 'private', replyCount: 0 } })
  }))

test('acts for the page: says, clicks, commands, uploads, reacts and switches faults', () =>
  withBolt(
    (app) => {
      app.command('/swarm', async ({ ack }) => ack({ text: 'hello' }))
      app.action('go', async ({ ack }) => ack())
    },
    async ({ workspace, app }) => {
      const said = await act(workspace, { action: 'say', user: ALICE, channel: GENERAL, text: 'hi' })
      expect(said).toMatchObject({
        http: 200,
        ok: true,
        message: { text: 'hi' },
        deliveries: [{ status: 200, timedOut: false }],
      })
      expect(
        await act(workspace, { action: 'command', user: ALICE, channel: GENERAL, command: '/swarm', text: '' }),
      ).toMatchObject({ ok: true, status: 200, body: { text: 'hello' } })
      const { ts = '' } = await app.client.chat.postMessage({
        channel: GENERAL,
        text: 'x',
        blocks: [
          {
            type: 'actions',
            elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
          },
        ],
      })
      expect(
        await act(workspace, {
          action: 'click',
          user: ALICE,
          channel: GENERAL,
          messageTs: ts,
          blockId: 'auto0',
          actionId: 'go',
        }),
      ).toMatchObject({ ok: true, status: 200 })
      const upload = {
        action: 'upload',
        user: ALICE,
        channel: GENERAL,
        text: 'see',
        files: [{ name: 'a.txt', contentBase64: Buffer.from('hello').toString('base64') }],
      }
      expect(await act(workspace, upload)).toMatchObject({
        ok: true,
        message: { subtype: 'file_share', files: [{ name: 'a.txt', size: 5 }] },
      })
      const place = { user: BOB, channel: GENERAL, ts, name: 'tada' }
      for (const count of [1, 0]) {
        await act(workspace, { action: 'react', ...place })
        expect(workspace.messages(GENERAL).find((message) => message.ts === ts)?.reactions).toHaveLength(count)
      }
      expect(await act(workspace, { action: 'fault', fault: { kind: 'duplicate_delivery' } })).toMatchObject({
        ok: true,
        faults: [{ kind: 'duplicate_delivery' }],
      })
      expect(await act(workspace, { action: 'fault', clear: true })).toMatchObject({ ok: true, faults: [] })
    },
  ))

test('says in words why an act is not possible', () =>
  withWorkspace(async (workspace) => {
    expect(await act(workspace, { action: 'fly', user: ALICE })).toMatchObject({
      http: 400,
      ok: false,
      error: 'Expected an action of the playground, got "fly".',
    })
    expect(await act(workspace, { action: 'say', user: 'U0NOBODY001' })).toMatchObject({
      ok: false,
      error: 'Expected a user of the workspace, got "U0NOBODY001".',
    })
    expect(await act(workspace, { action: 'fault', fault: { kind: 'quake' } })).toMatchObject({ ok: false })
    const command = await act(workspace, {
      action: 'command',
      user: ALICE,
      channel: GENERAL,
      command: '/swarm',
      text: '',
    })
    expect(command).toMatchObject({ error: 'dispatch_failed', status: 0 })
  }))

test('gives files only to people who can see where they were shared', () =>
  withWorkspace(async (workspace) => {
    const { message } = await workspace.say({
      user: ALICE,
      channel: 'lab',
      text: '',
      files: [{ name: 'plan.html', content: '<script>1</script>' }],
    })
    const read = (user: string): Promise<Response> =>
      fetch(`${workspace.url}/play/file?id=${message.files?.[0]?.id}&user=${user}`)
    const answer = await read(ALICE)
    expect([
      await answer.text(),
      answer.headers.get('content-type'),
      answer.headers.get('content-disposition'),
    ]).toEqual(['<script>1</script>', 'application/octet-stream', "attachment; filename*=UTF-8''plan.html"])
    expect((await read(BOB)).status).toBe(404)
  }))

test('refuses forms, strange hosts and strange origins', () =>
  withWorkspace(async (workspace) => {
    const form = await fetch(`${workspace.url}/play/act`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    })
    const origin = await fetch(`${workspace.url}/play/state?user=${ALICE}`, {
      headers: { origin: 'https://evil.example' },
    })
    const status = await new Promise((resolve) => {
      request(`${workspace.url}/play/state?user=${ALICE}`, { headers: { host: 'evil.example' } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).end()
    })
    expect([form.status, origin.status, status]).toEqual([415, 403, 403])
  }))
