import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { readSlackText } from '../../../src/app/slack/readable-text.ts'
import { readRequest } from '../../../src/app/slack/read-request.ts'
import type { ReadRequest } from '../../../src/app/slack/read-request.ts'
import { workOf } from '../../support/work-of.ts'

const bot = { botUserId: 'U0MURMUR001', botId: 'B0MURMUR001' }

interface Payload {
  event: Record<string, unknown>
  [field: string]: unknown
}

async function fixture(name: string): Promise<Payload> {
  const text = await readFile(new URL(`../../fixtures/slack/${name}.json`, import.meta.url), 'utf8')
  return JSON.parse(text) as Payload
}

const read = async (name: string): Promise<ReadRequest> => readRequest(await fixture(name), bot)
const textOf = (source: string): string => readSlackText(source, bot.botUserId).text

describe('readRequest', () => {
  test('reads a mention', async () => {
    expect(await read('app-mention')).toEqual({
      ok: true,
      dedupeKeys: ['event:Ev0MENTION1', 'message:C0AILAB0001:1763700000.000100'],
      request: {
        workspaceId: 'T0MURMUR001',
        surface: 'mention',
        channelId: 'C0AILAB0001',
        userId: 'U0ALICE0001',
        messageId: '1763700000.000100',
        threadId: '1763700000.000100',
        text: 'how many orders did <@U0BOB000001> and #ai-lab place & ship in Q3 (https://example.com/q3)?',
        files: [],
        mentionable: ['U0BOB000001', 'C0AILAB0001'],
        isReply: false,
      },
    })
  })

  test('reads the message twin of a mention as the same request', async () => {
    const [mention, twin] = [await read('app-mention'), await read('message-mention-twin')]
    if (!mention.ok || !twin.ok) throw new Error('both are requests')
    expect(twin.request).toEqual(mention.request)
    expect(twin.dedupeKeys[1]).toBe(mention.dedupeKeys[1])
    expect(twin.dedupeKeys[0]).not.toBe(mention.dedupeKeys[0])
  })

  test('knows a reply in a thread', async () => {
    expect(await read('app-mention-in-thread')).toMatchObject({
      ok: true,
      request: {
        text: 'and now in euro,',
        threadId: '1763700000.000100',
        messageId: '1763700300.000200',
        isReply: true,
      },
    })
  })

  test('reads direct messages, with files that can be read', async () => {
    expect(await read('message-direct')).toMatchObject({
      ok: true,
      request: { surface: 'direct', text: 'What is 2 < 3?' },
    })
    expect(await read('message-direct-file')).toMatchObject({
      ok: true,
      request: { text: '', files: [{ id: 'F0REPORT001', name: 'report.csv', mimeType: 'text/csv', sizeBytes: 2048 }] },
    })
  })

  test.each([
    ['message-plain', 'not_addressed'],
    ['message-changed', 'edit'],
    ['message-deleted', 'edit'],
    ['message-bot', 'bot'],
    ['message-own', 'own'],
    ['channel-join', 'subtype'],
    ['reaction-added', 'other_event'],
  ])('passes over %s: %s', async (name, why) => {
    expect(await read(name)).toEqual({ ok: false, why })
  })

  test('takes the workspace that the app is installed in, not the one the author is from', async () => {
    const payload = { ...(await fixture('app-mention')), team_id: 'T0STRANGERS' }
    expect(readRequest(payload, bot)).toMatchObject({ request: { workspaceId: 'T0MURMUR001' } })
  })

  test('takes a reply that was also sent to the channel, but not twice', async () => {
    const payload = await fixture('message-mention-twin')
    payload.event['subtype'] = 'thread_broadcast'
    expect(readRequest(payload, bot)).toMatchObject({ ok: true })
  })

  test.each([
    [null],
    [undefined],
    ['text'],
    [42],
    [[]],
    [{}],
    [{ event: {} }],
    [{ event_id: 'E1', event: null }],
    [
      {
        event_id: 'E1',
        event: { type: 'message', user: 'U1', channel: 'C1', channel_type: 'im', ts: 'not a ts', text: 'x' },
      },
    ],
    [
      {
        event_id: 'E1',
        event: { type: 'message', user: 'U1', channel: 'C1', channel_type: 'im', ts: '1.1', text: { a: 1 } },
      },
    ],
    [{ event_id: 'E1', event: { type: 'message', user: 'U1', channel_type: 'im', ts: '1.1', text: 'no channel' } }],
    [{ event_id: 'x'.repeat(1_000), event: { type: 'message' } }],
  ])('refuses what has another shape: %j', (payload) => {
    expect(readRequest(payload, bot)).toEqual({ ok: false, why: 'malformed' })
  })

  test('survives damaged files and huge lists of them', async () => {
    const payload = await fixture('message-direct-file')
    payload.event['files'] = [null, 'x', { id: 7 }, ...Array.from({ length: 500 }, (_, index) => ({ id: `F${index}` }))]
    const result = readRequest(payload, bot)
    expect(result.ok && result.request.files).toHaveLength(17)
  })
})

describe('a sparse delivery', () => {
  const event = { type: 'app_mention', user: 'U1', text: '<@U0MURMUR001> hello', ts: '1700000000.000100', channel: 'C1' }
  const authorizations = [{ team_id: 'T1', user_id: 'U0MURMUR001' }]

  test.each([
    ['without an id', { team_id: 'T1', event }],
    ['without a workspace, but with the author\'s', { event_id: 'Ev1', event: { ...event, team: 'T1' } }],
    ['with the workspace among the authorizations only', { event_id: 'Ev1', authorizations, event }],
  ])('counts %s', (_which, payload) => {
    const result = readRequest(payload, bot)
    expect(result).toMatchObject({ ok: true, request: { workspaceId: 'T1', text: 'hello' } })
    expect(result.ok && result.dedupeKeys.at(-1)).toBe('message:C1:1700000000.000100')
  })

  test('belongs to the only workspace there is when it names none', () => {
    expect(readRequest({ event }, { ...bot, teamId: 'T9' })).toMatchObject({ ok: true, request: { workspaceId: 'T9' } })
  })

  test.each([
    ['the authorizations', { team_id: 'T1', authorizations, event: { ...event, type: 'message' } }],
    ['the mention', { team_id: 'T1', event }],
  ])('says by %s who we are when Slack has not', (_where, payload) => {
    expect(readRequest(payload, { botUserId: '' })).toMatchObject({ ok: true, request: { surface: 'mention', text: 'hello' } })
  })

  test('is a direct message by its channel when it does not say so', () => {
    const direct = { ...event, type: 'message', text: 'hello', channel: 'D1' }
    expect(readRequest({ team_id: 'T1', event: direct }, bot)).toMatchObject({ ok: true, request: { surface: 'direct' } })
  })
})

describe('readSlackText', () => {
  test.each([
    ['<@U0MURMUR001> hello', 'hello'],
    ['<@U0MURMUR001>, <@U0MURMUR001>: hello <@U0MURMUR001>', 'hello'],
    ['hello <@U0MURMUR001|murmur> how are you', 'hello Murmur how are you'],
    ['thanks <@U0MURMUR001>!', 'thanks Murmur!'],
    ['<@U0MURMUR001>', ''],
    ['<@U0ALICE0001|alice> and <#C0AILAB0001>', '<@U0ALICE0001> and <#C0AILAB0001>'],
    ['<https://example.com> <https://example.com|https://example.com>', 'https://example.com https://example.com'],
    ['<mailto:a@example.com|a@example.com>', 'a@example.com'],
    ['<!here> <!subteam^S1|@team> <!date^1^{date}|today>', '@here @team today'],
    ['a &lt;b&gt; &amp;lt; c', 'a <b> &lt; c'],
    ['a < b > c', 'a < b > c'],
    ['nul\u0000 <@U0MURMUR001> \u0000', 'nul'],
  ])('reads %j', (source, text) => {
    expect(textOf(source)).toBe(text)
  })

  test('bounds the text and the people in it', () => {
    const many = Array.from({ length: 300 }, (_, index) => `<@U${1_000 + index}>`).join(' ')
    expect(readSlackText(many, bot.botUserId).mentions).toHaveLength(50)
    expect(textOf('😀'.repeat(300_000)).length).toBeLessThanOrEqual(200_000)
  })

  test.each(['<', '<@', '&lt;', '\u0000 ', '<@U0MURMUR001> ', '<a|'])(
    'stays quick on a million characters of %j',
    async (piece) => {
      expect(await workOf(() => textOf(piece.repeat(1_000_000 / piece.length)))).toBeLessThan(10_000)
    },
  )
})
