/** What Slack demands of one kind of block or element. Lengths are in characters. */
export interface NodeRule {
  /** Strings or text objects; `required` ones must be there and not empty. */
  readonly texts?: { readonly [field: string]: number }
  readonly lists?: { readonly [field: string]: { readonly max: number; readonly min?: number } }
  readonly required?: readonly string[]
}

const button: NodeRule = {
  texts: { text: 75, value: 2000, url: 3000, action_id: 255, accessibility_label: 75 },
  required: ['text'],
}
const textInput: NodeRule = { texts: { placeholder: 150, initial_value: 3000, action_id: 255 } }
const select: NodeRule = {
  texts: { placeholder: 150, action_id: 255 },
  lists: { options: { max: 100, min: 1 }, option_groups: { max: 100, min: 1 } },
}
const picker: NodeRule = { texts: { placeholder: 150, action_id: 255 } }
const choices: NodeRule = { texts: { action_id: 255 }, lists: { options: { max: 10, min: 1 } }, required: ['options'] }

/**
 * Blocks and their limits, as the comments of `@slack/types` 3.2 and docs.slack.dev/reference/block-kit give them.
 * A type that is not here is refused.
 */
export const BLOCK_RULES: { readonly [type: string]: NodeRule } = {
  actions: { lists: { elements: { max: 25, min: 1 } }, required: ['elements'] },
  alert: { texts: { text: 3000 }, required: ['text'] },
  card: { texts: { title: 150, subtitle: 150, body: 200 }, lists: { actions: { max: 5 } } },
  carousel: { lists: { elements: { max: 10, min: 1 } }, required: ['elements'] },
  container: {
    texts: { title: 150, subtitle: 150 },
    lists: { child_blocks: { max: 10, min: 1 } },
    required: ['child_blocks'],
  },
  context: { lists: { elements: { max: 10, min: 1 } }, required: ['elements'] },
  context_actions: { lists: { elements: { max: 5, min: 1 } }, required: ['elements'] },
  data_table: { texts: { caption: 2000 }, lists: { rows: { max: 1000, min: 1 } }, required: ['caption', 'rows'] },
  divider: {},
  file: { required: ['external_id'] },
  header: { texts: { text: 150 }, required: ['text'] },
  image: { texts: { alt_text: 2000, title: 2000, image_url: 3000 }, required: ['alt_text'] },
  input: { texts: { label: 2000, hint: 2000 }, required: ['label', 'element'] },
  markdown: { texts: { text: 12_000 }, required: ['text'] },
  plan: { texts: { title: 256 }, required: ['title'] },
  rich_text: { required: ['elements'] },
  section: { texts: { text: 3000 }, lists: { fields: { max: 10, min: 1 } } },
  table: { lists: { rows: { max: 100, min: 1 }, column_settings: { max: 20 } }, required: ['rows'] },
  task_card: { texts: { title: 256 }, required: ['task_id', 'title'] },
  video: { texts: { title: 200, alt_text: 2000 }, required: ['title', 'alt_text', 'video_url', 'thumbnail_url'] },
}

/** Elements inside blocks. A type that is not here passes unchecked (rich text has many). */
export const ELEMENT_RULES: { readonly [type: string]: NodeRule } = {
  button,
  workflow_button: button,
  icon_button: {
    texts: { text: 75, value: 2000, action_id: 255, accessibility_label: 75 },
    required: ['icon', 'text'],
  },
  feedback_buttons: { texts: { action_id: 255 }, required: ['positive_button', 'negative_button'] },
  plain_text: { required: ['text'] },
  mrkdwn: { required: ['text'] },
  overflow: { texts: { action_id: 255 }, lists: { options: { max: 5, min: 1 } }, required: ['options'] },
  checkboxes: choices,
  radio_buttons: choices,
  static_select: select,
  multi_static_select: select,
  external_select: picker,
  multi_external_select: picker,
  users_select: picker,
  multi_users_select: picker,
  conversations_select: picker,
  multi_conversations_select: picker,
  channels_select: picker,
  multi_channels_select: picker,
  datepicker: picker,
  timepicker: picker,
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
}

export const OPTION_RULE: NodeRule = { texts: { text: 75, value: 75, description: 75, url: 3000 }, required: ['text'] }
export const FEEDBACK_BUTTON_RULE: NodeRule = {
  texts: { text: 75, value: 2000, accessibility_label: 75 },
  required: ['text', 'value'],
}
