import { expect, test } from '@jest/globals'
import { readThread } from '../../../src/agents/tools/read-thread.ts'
import { maxToolChars } from '../../../src/agents/tools/tool.ts'
import type { ThreadLine } from '../../../src/agents/tools/tool.ts'
import { aContext } from './a-context.ts'

const line = (author: string, text: string, minute = 0): ThreadLine => ({
  author,
  text,
  sentAtMs: Date.UTC(2026, 10, 21, 9, minute),
})

const thread = [
  line('Ana', 'The launch is on 3 December.', 1),
  line('Ben', 'Budget is 12,000 EUR. Ana, fine?', 2),
  line('Ana', 'Yes, the budget is approved', 3),
  line('Chidi Okafor', 'I take the landing page', 4),
]

const read = (input: Parameters<typeof readThread.run>[0], lines: readonly ThreadLine[] = thread): Promise<string> =>
  readThread.run(input, aContext({ thread: lines }))

test('shows all messages with number, time in the zone of the person, and author', async () => {
  expect((await read({})).split('\n')).toEqual([
    '4 of 4 messages in this thread, times in Europe/Berlin:',
    '[1] 21 Nov 2026, 10:01 Ana: The launch is on 3 December.',
    '[2] 21 Nov 2026, 10:02 Ben: Budget is 12,000 EUR. Ana, fine?',
    '[3] 21 Nov 2026, 10:03 Ana: Yes, the budget is approved',
    '[4] 21 Nov 2026, 10:04 Chidi Okafor: I take the landing page',
  ])
})

test.each([
  [{ query: 'BUDGET' }, [2, 3]],
  [{ query: 'budget approved' }, [3]],
  [{ query: 'budget unicorn' }, [2, 3]],
  [{ author: 'ana' }, [1, 3]],
  [{ author: '@chidi' }, [4]],
  [{ author: 'Ana', query: 'budget' }, [3]],
  [{ from: 2, to: 3 }, [2, 3]],
  [{ from: 4 }, [4]],
  [{ last: 2 }, [3, 4]],
  [{ last: 1, author: 'Ana' }, [3]],
  [{ query: 'ben' }, [2]],
])('finds %j', async (input, numbers) => {
  const found = [...(await read(input)).matchAll(/^\[(\d+)\]/gm)].map((match) => Number(match[1]))
  expect(found).toEqual(numbers)
})

test.each([{ query: 'unicorn' }, { author: 'Zoe' }, { from: 9 }, { from: 3, to: 2 }])(
  'says that %j finds nothing',
  async (input) => {
    expect(await read(input)).toMatch(/^Error: Expected messages with .* found none among 4/)
  },
)

test('says that an empty thread has no earlier messages', async () => {
  expect(await read({}, [])).toMatch(/^Error: This thread has no earlier messages/)
})

test('keeps the newest messages of a long thread and counts the rest', async () => {
  const long = Array.from({ length: 500 }, (_, index) => line('Ana', `message ${index + 1}`))
  const text = await read({}, long)
  expect(text).toContain('60 of 500 messages in this thread')
  expect(text).toContain('440 older ones match too')
  expect(text).toContain('[500]')
  expect(text).not.toContain('[440]')
})

test('stays within the bound for a thread of very long messages, newest first', async () => {
  const text = await read(
    {},
    Array.from({ length: 40 }, (_, index) => line('Ana', `${index + 1} ${'🙂'.repeat(4_000)}`)),
  )
  expect(text.length).toBeLessThanOrEqual(maxToolChars)
  expect(text).toContain('[40]')
  expect(text.isWellFormed()).toBe(true)
})

test('tells times in UTC when the zone is unknown here, and says so', async () => {
  const text = await readThread.run({ last: 1 }, aContext({ thread, timeZone: 'Moon/Tycho' }))
  expect(text).toContain('times in UTC')
  expect(text).toContain('09:04')
})
