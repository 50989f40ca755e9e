import { expect, test } from '@jest/globals'
import { deliveredTextOf, flattenBlocks } from '../../../playground/workspace/flatten-blocks.ts'

test('reads blocks as a person would, without ids, values and addresses', () => {
  expect(
    flattenBlocks([
      {
        type: 'section',
        block_id: 'b1',
        text: { type: 'mrkdwn', text: '*Hi*' },
        accessory: { type: 'button', action_id: 'a', value: 'v', text: { type: 'plain_text', text: 'Go' } },
      },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'to ' },
              { type: 'user', user_id: 'U1' },
              { type: 'link', url: 'https://x.example', text: ' here' },
            ],
          },
        ],
      },
      {
        type: 'table',
        rows: [
          [
            { type: 'raw_text', text: 'a' },
            { type: 'raw_number', value: 3 },
          ],
        ],
      },
    ]),
  ).toBe('*Hi*\nGo\nto <@U1> here\na\n3')
})

test('shows each text of a message once', () => {
  const message = {
    channel: 'C1',
    text: 'same',
    markdownText: 'same',
    blocks: [],
    chunks: [
      { type: 'markdown_text', text: 'same' },
      { type: 'plan_update', title: 'Plan' },
    ],
  }
  expect(deliveredTextOf({ ...message, attachments: [{ text: 'attached' }] })).toBe('same\nPlan\nattached')
})
