import { expect, test } from '@jest/globals'
import { actionOf } from '../../../playground/workspace/element-action.ts'
import { findElement, findElements } from '../../../playground/workspace/find-element.ts'

const text = (value: string): object => ({ type: 'plain_text', text: value })
const button = (action_id: string, value: string): object => ({ type: 'button', action_id, value, text: text(value) })
const blocks = [
  { type: 'actions', block_id: 'one', elements: [button('vote', 'a'), button('skip', 'x')] },
  { type: 'actions', block_id: 'two', elements: [button('vote', 'b')] },
  {
    type: 'container',
    block_id: 'box',
    child_blocks: [{ type: 'section', block_id: 'inner', text: text('t'), accessory: button('deep', 'd') }],
  },
]

test('lists elements at any depth with the block they stand in', () => {
  expect(findElements(blocks).map(({ element, blockId }) => [element.action_id, blockId])).toEqual([
    ['vote', 'one'],
    ['skip', 'one'],
    ['vote', 'two'],
    ['deep', 'inner'],
  ])
})

test('prefers the named block, then the offered value, then the first', () => {
  const blockOf = (use: { blockId?: string; value?: string }): string =>
    findElement(blocks, { actionId: 'vote', ...use }).blockId
  expect([
    blockOf({}),
    blockOf({ value: 'b' }),
    blockOf({ blockId: 'two', value: 'a' }),
    blockOf({ blockId: 'gone' }),
  ]).toEqual(['one', 'two', 'two', 'one'])
})

test('makes the action of each kind of element', () => {
  const options = ['x', 'y'].map((value) => ({ text: text(value), value }))
  const make = (element: object, value?: string | string[]): unknown => {
    const {
      action_id: _id,
      block_id: _block,
      action_ts: _ts,
      ...rest
    } = actionOf({ element: { action_id: 'a', ...element }, blockId: 'b' }, value, '1.2') as Record<string, unknown>
    return rest
  }
  expect(make({ type: 'checkboxes', options }, ['y'])).toEqual({ type: 'checkboxes', selected_options: [options[1]] })
  expect(make({ type: 'users_select' }, 'U1')).toEqual({ type: 'users_select', selected_user: 'U1' })
  expect(make({ type: 'datepicker' }, '2026-11-20')).toEqual({ type: 'datepicker', selected_date: '2026-11-20' })
  expect(make({ type: 'icon_button', icon: 'trash', text: text('Delete'), value: 'v' })).toEqual({
    type: 'icon_button',
    icon: 'trash',
    text: text('Delete'),
    value: 'v',
  })
  expect(() => make({ type: 'radio_buttons', options }, 'z')).toThrow('Expected one of x, y, got "z".')
})

test('knows feedback buttons by value or by side', () => {
  const element = {
    type: 'feedback_buttons',
    action_id: 'f',
    positive_button: { text: text('+'), value: 'up' },
    negative_button: { text: text('-'), value: 'down' },
  }
  const valueOf = (value?: string): unknown => actionOf({ element, blockId: 'b' }, value, '1.2').value
  expect([valueOf(), valueOf('down'), valueOf('negative'), valueOf('positive')]).toEqual(['up', 'down', 'down', 'up'])
  expect(() => valueOf('sideways')).toThrow('Expected positive, negative')
})
