import type { BatchForm } from '../../commands/command.ts'

export const batchModalId = 'submit_batch'

/** Ids of the inputs, as the submission names them. */
export const batchInputs = {
  lines: { blockId: 'batch_lines', actionId: 'batch_lines_text' },
  file: { blockId: 'batch_file', actionId: 'batch_file_upload' },
} as const

const longestText = 3_000

/** Many objectives at once: typed or pasted, or as a file. */
export const renderBatchModal = ({ channelId, text }: BatchForm) => ({
  type: 'modal',
  callback_id: batchModalId,
  private_metadata: JSON.stringify({ channelId }),
  title: { type: 'plain_text', text: 'Batch of tasks' },
  submit: { type: 'plain_text', text: 'Start' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    {
      type: 'input',
      block_id: batchInputs.lines.blockId,
      optional: true,
      label: { type: 'plain_text', text: 'One objective a line, or CSV' },
      hint: { type: 'plain_text', text: 'CSV begins with the line objective,priority,deadline; the columns needs and role may follow. At most 100 tasks.' },
      element: {
        type: 'plain_text_input',
        action_id: batchInputs.lines.actionId,
        multiline: true,
        max_length: longestText,
        placeholder: { type: 'plain_text', text: 'Write a product update\nPlan the launch' },
        ...(text === '' ? {} : { initial_value: text.slice(0, longestText) }),
      },
    },
    {
      type: 'input',
      block_id: batchInputs.file.blockId,
      optional: true,
      label: { type: 'plain_text', text: 'Or a file with them' },
      element: { type: 'file_input', action_id: batchInputs.file.actionId, filetypes: ['csv', 'txt'], max_files: 1 },
    },
  ],
})
