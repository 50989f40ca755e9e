import type { RunRecord } from '../../storage/records.ts'
import { sanitizePlain } from './sanitize-text.ts'

/** Slack's limits of a modal: title and buttons 24 characters, private metadata 3,000. */
const close = { type: 'plain_text', text: 'Cancel' }

export const askModalId = 'ask_murmur'
export const improveModalId = 'improve_answer'
const maxShownChars = 200

/** Ids of the inputs, as the submission names them. */
export const inputs = {
  request: { blockId: 'request', actionId: 'request_text' },
  channel: { blockId: 'channel', actionId: 'channel_id' },
  improvement: { blockId: 'improvement', actionId: 'improvement_text' },
} as const

/** The form behind the global shortcut: what to do, and in which channel the thread shall be. */
export const renderAskModal = () => ({
  type: 'modal',
  callback_id: askModalId,
  title: { type: 'plain_text', text: 'Ask Murmur' },
  submit: { type: 'plain_text', text: 'Ask' },
  close,
  blocks: [
    {
      type: 'input',
      block_id: inputs.request.blockId,
      label: { type: 'plain_text', text: 'What do you need?' },
      element: { type: 'plain_text_input', action_id: inputs.request.actionId, multiline: true, max_length: 3_000 },
    },
    {
      type: 'input',
      block_id: inputs.channel.blockId,
      label: { type: 'plain_text', text: 'Where shall the answer be?' },
      element: { type: 'conversations_select', action_id: inputs.channel.actionId, default_to_current_conversation: true, filter: { include: ['public', 'private'] } },
    },
  ],
})

/** What would have been better: after a thumb down and from the message shortcut. */
export const renderImproveModal = ({ runId, request }: RunRecord) => ({
  type: 'modal',
  callback_id: improveModalId,
  private_metadata: JSON.stringify({ runId }),
  title: { type: 'plain_text', text: 'Improve this answer' },
  submit: { type: 'plain_text', text: 'Send' },
  close,
  blocks: [
    { type: 'context', elements: [{ type: 'plain_text', text: `You asked: ${sanitizePlain(request.text).slice(0, maxShownChars).toWellFormed() || '(no text)'}` }] },
    {
      type: 'input',
      block_id: inputs.improvement.blockId,
      label: { type: 'plain_text', text: 'What would have been better?' },
      element: {
        type: 'plain_text_input',
        action_id: inputs.improvement.actionId,
        multiline: true,
        max_length: 3_000,
        placeholder: { type: 'plain_text', text: 'Shorter, with a table and the sources' },
      },
    },
  ],
})
