import { expect, test } from '@jest/globals'
import { findEmptyInputs, viewStateValues } from '../../../playground/workspace/view-values.ts'

const options = ['x', 'y'].map((value) => ({ text: { type: 'plain_text', text: value }, value }))
const input = (block_id: string, element: object, more: object = {}): object => ({
  type: 'input',
  block_id,
  label: { type: 'plain_text', text: block_id },
  element,
  ...more,
})
const view = (...blocks: object[]): { blocks: object[] } => ({ blocks })

test('fills every kind of input from what was entered or from initial values', () => {
  const content = view(
    input('a', { type: 'plain_text_input', action_id: 'text', initial_value: 'old' }),
    input('b', { type: 'number_input', action_id: 'number' }),
    input('c', { type: 'multi_static_select', action_id: 'many', options }),
    input('d', { type: 'checkboxes', action_id: 'boxes', options, initial_options: [options[0]] }),
    input('e', { type: 'multi_users_select', action_id: 'people' }),
    input('f', { type: 'conversations_select', action_id: 'where', initial_conversation: 'C1' }),
    input('g', { type: 'datepicker', action_id: 'day' }),
    { type: 'actions', block_id: 'h', elements: [{ type: 'button', action_id: 'no' }] },
  )
  expect(viewStateValues(content, { number: '5', many: ['x', 'y'], people: 'U1, U2', day: '2026-11-20' })).toEqual({
    a: { text: { type: 'plain_text_input', value: 'old' } },
    b: { number: { type: 'number_input', value: '5' } },
    c: { many: { type: 'multi_static_select', selected_options: options } },
    d: { boxes: { type: 'checkboxes', selected_options: [options[0]] } },
    e: { people: { type: 'multi_users_select', selected_users: ['U1', 'U2'] } },
    f: { where: { type: 'conversations_select', selected_conversation: 'C1' } },
    g: { day: { type: 'datepicker', selected_date: '2026-11-20' } },
  })
})

test('tells blocks with the same action id apart by block', () => {
  const content = view(
    input('a', { type: 'plain_text_input', action_id: 'same' }),
    input('b', { type: 'plain_text_input', action_id: 'same' }),
  )
  expect(viewStateValues(content, { same: 'both' }, { b: { same: 'only b' } })).toMatchObject({
    a: { same: { value: 'both' } },
    b: { same: { value: 'only b' } },
  })
})

test('names required inputs that are empty, and inputs that are not there', () => {
  const content = view(
    input('a', { type: 'plain_text_input', action_id: 'text' }),
    input('b', { type: 'static_select', action_id: 'pick', options }, { optional: true }),
  )
  expect(findEmptyInputs(content, viewStateValues(content, {}))).toEqual(['a'])
  expect(findEmptyInputs(content, viewStateValues(content, { text: 'hi' }))).toEqual([])
  expect(() => viewStateValues(content, { typo: 'hi' })).toThrow(
    'Expected an input with action id "typo". There: text, pick.',
  )
})
