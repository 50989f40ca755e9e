import { expect, test } from '@jest/globals'
import { checkInputs } from '../../../playground/page/check-inputs.ts'
import { InputDraft, type InputValue } from '../../../playground/page/elements/input-draft.ts'

const required = 'Please complete this required field.'

type Case = readonly [string, Readonly<Record<string, unknown>>, InputValue | undefined, string | undefined]

const cases: readonly Case[] = [
  ['an empty text', { type: 'plain_text_input' }, '', required],
  ['a select without a choice', { type: 'static_select' }, undefined, required],
  ['no ticks', { type: 'checkboxes' }, [], required],
  ['a tick', { type: 'checkboxes' }, ['a'], undefined],
  ['a short text', { type: 'plain_text_input', min_length: 3 }, 'ab', 'Enter at least 3 characters.'],
  ['a long text', { type: 'plain_text_input', max_length: 3 }, 'abcd', 'Enter at most 3 characters.'],
  ['a fraction', { type: 'number_input', is_decimal_allowed: false }, '1.5', 'Enter a whole number.'],
  ['a small number', { type: 'number_input', min_value: '2' }, '1', 'Enter a number of at least 2.'],
  ['a number that fits', { type: 'number_input', min_value: '2', max_value: '9' }, '4', undefined],
  ['a bad e-mail', { type: 'email_text_input' }, 'me@', 'Enter a valid email address.'],
  ['a bad address', { type: 'url_text_input' }, 'nowhere', 'Enter a valid URL.'],
]

test.each(cases)('checks %s', (_what, element, value, expected) => {
  const draft = new InputDraft()
  if (value !== undefined) draft.set('b', 'a', value)
  const block = { type: 'input', block_id: 'b', element: { ...element, action_id: 'a' } }
  expect(checkInputs([block], draft).get('b')).toBe(expected)
})

test('lets an optional input stay empty', () => {
  const block = { type: 'input', block_id: 'b', optional: true, element: { type: 'plain_text_input', action_id: 'a' } }
  expect(checkInputs([block], new InputDraft()).size).toBe(0)
})
