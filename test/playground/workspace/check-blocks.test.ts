import { expect, test } from '@jest/globals'
import { checkBlocks } from '../../../playground/workspace/check-blocks.ts'
import type { Surface } from '../../../playground/workspace/check-blocks.ts'

const plain = (text: string): object => ({ type: 'plain_text', text })
const button = (more: object = {}): object => ({ type: 'button', action_id: 'a', text: plain('Go'), ...more })
const many = <T>(count: number, item: (index: number) => T): T[] =>
  Array.from({ length: count }, (_value, index) => item(index))

/** The pointers of all faults of one block. */
const faultsOf = (block: object, surface: Surface = 'message'): string[] =>
  checkBlocks([block], surface).map((item) => `${item.pointer} ${item.message}`)

test('accepts one of each block that Murmur uses', () => {
  const blocks = [
    { type: 'header', text: plain('Title') },
    { type: 'divider' },
    { type: 'markdown', text: '**bold**' },
    { type: 'alert', text: plain('Low budget'), level: 'warning' },
    { type: 'section', text: { type: 'mrkdwn', text: 'a' }, accessory: button() },
    { type: 'section', fields: [plain('a')] },
    { type: 'actions', elements: [button()] },
    { type: 'context', elements: [plain('a')] },
    {
      type: 'context_actions',
      elements: [
        {
          type: 'feedback_buttons',
          action_id: 'f',
          positive_button: { text: plain('+'), value: 'u' },
          negative_button: { text: plain('-'), value: 'd' },
        },
      ],
    },
    { type: 'plan', title: 'Plan', tasks: [{ type: 'task_card', task_id: '1', title: 'Read', status: 'complete' }] },
    { type: 'data_table', caption: 'Votes', rows: [[{ type: 'raw_text', text: 'a' }]] },
    { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] },
    {
      type: 'container',
      title: plain('More'),
      is_collapsible: true,
      child_blocks: [{ type: 'section', text: plain('x') }],
    },
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a' }] }] },
    { type: 'card', title: plain('t'), body: plain('b') },
    { type: 'carousel', elements: [{ type: 'card', title: plain('t') }] },
    { type: 'image', alt_text: 'chart', image_url: 'https://example.com/a.png' },
  ]
  expect(checkBlocks(blocks, 'message')).toEqual([])
})

test.each([
  ['an overlong header', { type: 'header', text: plain('x'.repeat(151)) }, '/0/text must be less than 151 characters'],
  [
    'a header of mrkdwn',
    { type: 'header', text: { type: 'mrkdwn', text: 'a' } },
    '/0/text unsupported type: a header takes plain_text',
  ],
  ['an empty text', { type: 'section', text: plain('') }, '/0/text must be more than 0 characters'],
  ['a section without anything', { type: 'section' }, '/0 missing required field: text or fields'],
  [
    'an overlong field',
    { type: 'section', fields: [plain('x'.repeat(2001))] },
    '/0/fields/0 must be less than 2001 characters',
  ],
  [
    'too many actions',
    { type: 'actions', elements: many(26, (index) => button({ action_id: `a${index}` })) },
    '/0/elements no more than 25 items allowed',
  ],
  [
    'too many context elements',
    { type: 'context', elements: many(11, () => plain('a')) },
    '/0/elements no more than 10 items allowed',
  ],
  [
    'an overlong button value',
    { type: 'actions', elements: [button({ value: 'x'.repeat(2001) })] },
    '/0/elements/0/value must be less than 2001 characters',
  ],
  [
    'a doubled action id',
    { type: 'actions', elements: [button(), button()] },
    '/0/elements/1 `action_id` "a" already exists in this block',
  ],
  [
    'an overlong option value',
    {
      type: 'section',
      text: plain('a'),
      accessory: { type: 'overflow', action_id: 'o', options: [{ text: plain('a'), value: 'x'.repeat(76) }] },
    },
    '/0/accessory/options/0/value must be less than 76 characters',
  ],
  [
    'a feedback button without a value',
    {
      type: 'context_actions',
      elements: [
        {
          type: 'feedback_buttons',
          positive_button: { text: plain('a') },
          negative_button: { text: plain('a'), value: 'd' },
        },
      ],
    },
    '/0/elements/0/positive_button missing required field: value',
  ],
  [
    'markdown in a container',
    { type: 'container', child_blocks: [{ type: 'markdown', text: 'a' }] },
    '/0/child_blocks/0 unsupported type: markdown in a container',
  ],
  [
    'a wide table',
    { type: 'table', rows: [many(21, () => ({ type: 'raw_text', text: 'a' }))] },
    '/0/rows no more than 20 cells allowed in a row',
  ],
  ['something unknown', { type: 'hologram' }, '/0 unsupported type: hologram'],
])('refuses %s', (_what, block, fault) => {
  expect(faultsOf(block)).toContain(fault)
})

test('counts blocks by surface and keeps message-only blocks out of views', () => {
  const dividers = (count: number): object[] => many(count, () => ({ type: 'divider' }))
  expect([checkBlocks(dividers(50), 'message'), checkBlocks(dividers(100), 'modal')]).toEqual([[], []])
  expect([checkBlocks(dividers(51), 'message').length, checkBlocks(dividers(101), 'home').length]).toEqual([1, 1])
  expect(faultsOf({ type: 'markdown', text: 'a' }, 'home')).toEqual(['/0 unsupported type: markdown in a home'])
})

test('looks at the whole message too', () => {
  const markdown = { type: 'markdown', text: 'x'.repeat(6001) }
  const section = { type: 'section', text: plain('x'.repeat(2999)) }
  const table = { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }
  expect(checkBlocks([markdown, markdown], 'message').map((item) => item.code)).toEqual(['invalid_blocks'])
  expect(
    checkBlocks(
      many(5, () => section),
      'message',
    ).map((item) => item.code),
  ).toEqual(['msg_blocks_too_long'])
  expect(checkBlocks([table, table], 'message').map((item) => item.code)).toEqual(['only_one_table_allowed'])
  expect(
    checkBlocks(
      [
        { type: 'divider', block_id: 'x' },
        { type: 'divider', block_id: 'x' },
      ],
      'message',
    ),
  ).toMatchObject([{ message: '`block_id` "x" already exists' }])
})
