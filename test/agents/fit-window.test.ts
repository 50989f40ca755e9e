import { expect, test } from '@jest/globals'
import type { ChatMessage, ChatRequest } from '../../src/agents/chat-model.ts'
import { countTokens } from '../../src/agents/count-tokens.ts'
import { fitWindow } from '../../src/agents/fit-window.ts'
import { seededRandom } from '../fakes/seeded-random.ts'

const alphabets = ['the sea was calm and the harbour slept ', '量子コンピュータは計算が速い', 'Größenwahn übermäßig ', 'Zm9vYmFyYmF6cXV4==', '{"a":1,"b":[2,3]}\n', '🙂🚢⚓', 'а все-таки она вертится ']

function aText(random: () => number, maxChars: number): string {
  const piece = alphabets[Math.floor(random() * alphabets.length)] ?? ''
  const length = Math.floor(random() ** 3 * maxChars)
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
}

function aConversation(random: () => number): ChatRequest {
  const messages: ChatMessage[] = [{ role: 'system', content: `You help. ${aText(random, 8_000)}` }]
  for (let at = 0; at < random() * 60; at++) messages.push({ role: random() < 0.5 ? 'user' : 'assistant', content: aText(random, 30_000) })
  messages.push({ role: 'user', content: `The request. ${aText(random, 60_000)}` })
  for (let round = 0; round < random() * 8; round++) {
    const ids = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, at) => `call_${round}_${at}`)
    messages.push({ role: 'assistant', content: '', toolCalls: ids.map((id) => ({ id, name: 'look', argumentsJson: JSON.stringify({ q: aText(random, 2_000) }) })) })
    messages.push(...ids.map((id): ChatMessage => ({ role: 'tool', toolCallId: id, content: aText(random, 60_000) })))
  }
  return { messages, maxOutputTokens: 1_000, tools: [{ name: 'look', description: 'looks', parameters: { type: 'object' } }] }
}

const realTokens = async (messages: readonly ChatMessage[]): Promise<number> =>
  (await Promise.all(messages.map(async (message) => 4 + (await countTokens(message.content)) + ('toolCalls' in message && message.toolCalls ? await countTokens(JSON.stringify(message.toolCalls)) : 0)))).reduce((sum, tokens) => sum + tokens, 0)

/** Calls without their result right behind them, and results without their call. */
function unpaired(messages: readonly ChatMessage[]): string[] {
  const lost: string[] = []
  let open: string[] = []
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.includes(message.toolCallId)) lost.push(message.toolCallId)
      open = open.filter((id) => id !== message.toolCallId)
    } else {
      lost.push(...open)
      open = message.role === 'assistant' ? (message.toolCalls ?? []).map(({ id }) => id) : []
    }
  }
  return [...lost, ...open]
}

test('no random conversation with tools passes the window, by a real tokenizer', async () => {
  const random = seededRandom(20_261_128)
  for (const contextTokens of [4_096, 8_192, 32_000]) {
    for (let turn = 0; turn < 8; turn++) {
      const { messages } = fitWindow(aConversation(random), { contextTokens, maxOutputTokens: 4_000 })
      expect((await realTokens(messages)) + 1_000).toBeLessThanOrEqual(contextTokens)
      expect(unpaired(messages)).toEqual([])
      expect(messages[0]?.role).toBe('system')
      expect(messages.some(({ role, content }) => role === 'user' && content.startsWith('The request.'))).toBe(true)
    }
  }
})

test('a request that fits is not touched', () => {
  const request: ChatRequest = { messages: [{ role: 'user', content: 'hello' }], maxOutputTokens: 100 }
  expect(fitWindow(request, { contextTokens: 4_096, maxOutputTokens: 1_000 })).toBe(request)
})

test('results of earlier rounds go before those of the last one, and before what a person said', () => {
  const result = (id: string): ChatMessage => ({ role: 'tool', toolCallId: id, content: `${id} ${'word '.repeat(3_000)}` })
  const call = (id: string): ChatMessage => ({ role: 'assistant', content: '', toolCalls: [{ id, name: 'look', argumentsJson: '{}' }] })
  const messages: ChatMessage[] = [{ role: 'system', content: 'You help.' }, { role: 'user', content: 'Before.' }, { role: 'user', content: 'Now.' }, call('a'), result('a'), call('b'), result('b')]
  const { messages: fitted } = fitWindow({ messages, maxOutputTokens: 500 }, { contextTokens: 8_000, maxOutputTokens: 500 })
  expect(fitted.map(({ content }) => content.length)).toEqual([9, 7, 4, 0, expect.any(Number), 0, messages[6]?.content.length])
  expect(fitted[4]?.content.length).toBeLessThan(700)
})
