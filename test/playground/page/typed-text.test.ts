import { expect, test } from '@jest/globals'
import { findCompletion, listCompletions } from '../../../playground/page/completion.ts'
import { Directory } from '../../../playground/page/directory.ts'
import { decodeTyped, encodeTyped } from '../../../playground/page/typed-text.ts'
import { readChannel, readMember } from '../../../playground/page/wire.ts'

const alice = readMember({ id: 'U1', name: 'alice', realName: 'Alice Archer' })
const bot = readMember({ id: 'U9', name: 'murmur', isBot: true })
const lab = readChannel({ id: 'C1', name: 'ai-lab' })
const directory = new Directory(
  alice,
  [alice, bot],
  [lab, readChannel({ id: 'D1', name: 'murmur', isIm: true, userId: 'U9' })],
)
const commands = [{ command: '/swarm', description: 'Many agents', usageHint: '<objective>' }]

const typed: readonly (readonly [string, string])[] = [
  ['@murmur what is 1 < 2 & 3?', '<@U9> what is 1 &lt; 2 &amp; 3?'],
  ['ask @alice. In #ai-lab', 'ask <@U1>. In <#C1|ai-lab>'],
  ['@here (@nobody) mail@alice', '<!here> (@nobody) mail@alice'],
  ['<@U9> typed by hand', '&lt;@U9&gt; typed by hand'],
]

test.each(typed)('stores %j as Slack would', (text, stored) => {
  expect(encodeTyped(text, directory)).toBe(stored)
  expect(decodeTyped(stored, directory)).toBe(text)
})

test('finds what is being typed at the caret', () => {
  expect(findCompletion('/sw', 3)).toEqual({ trigger: '/', query: 'sw', from: 0 })
  expect(findCompletion('hi @mur', 7)).toEqual({ trigger: '@', query: 'mur', from: 3 })
  expect(findCompletion('hi @mur mur', 11)).toBeUndefined()
  expect(findCompletion('a@b', 3)).toBeUndefined()
  expect(findCompletion('at 10:30', 8)).toBeUndefined()
  expect(findCompletion(':ta', 3)).toEqual({ trigger: ':', query: 'ta', from: 0 })
})

test('offers commands, people with the app first, channels and emoji', () => {
  const offer = (text: string): readonly string[] => {
    const query = findCompletion(text, text.length)
    return query === undefined ? [] : listCompletions(query, directory, commands).map((one) => one.insert)
  }
  expect(offer('/')).toEqual(['/swarm '])
  expect(offer('@')).toEqual(['@murmur ', '@alice '])
  expect(offer('@arch')).toEqual(['@alice '])
  expect(offer('#')).toEqual(['#ai-lab '])
  expect(offer(':tada')[0]).toBe(':tada: ')
})
