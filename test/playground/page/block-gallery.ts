type Block = Readonly<Record<string, unknown>>

const plain = (text: string): Block => ({ type: 'plain_text', text })
const mrkdwn = (text: string): Block => ({ type: 'mrkdwn', text })
const raw = (text: string): Block => ({ type: 'raw_text', text })
const option = (text: string, value: string): Block => ({ text: plain(text), value })
const button = (text: string, actionId: string, more: Block = {}): Block => ({
  type: 'button',
  text: plain(text),
  action_id: actionId,
  value: actionId,
  ...more,
})
const rich = (...elements: Block[]): Block => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
})
const pictureUrl = 'https://images.example.com/chart.png'

const richText: Block = {
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_section',
      elements: [
        { type: 'text', text: 'rich ' },
        { type: 'text', text: 'bold', style: { bold: true } },
        { type: 'link', url: 'https://example.com/rich', text: 'rich link' },
        { type: 'user', user_id: 'U0CAROL0001' },
        { type: 'channel', channel_id: 'C0GENERAL01' },
        { type: 'emoji', name: 'rocket' },
      ],
    },
    {
      type: 'rich_text_list',
      style: 'ordered',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'first step' }] }],
    },
    { type: 'rich_text_quote', elements: [{ type: 'text', text: 'rich quote' }] },
    { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'rich code' }] },
  ],
}

const markdownText = [
  '# Markdown heading',
  'With **bold**, ~~strike~~, `code`, [a link](https://example.com/md), <@U0BOB000001> and :bird:',
  '',
  '| Agent | Cost |',
  '|:--|--:|',
  '| Writer | $0.01 |',
  '',
  '- [x] ticked',
  '',
  '```',
  'fenced',
  '```',
  '![a picture](https://example.com/p.png)',
].join('\n')

/** One valid block of every type that Slack knows, by type. The workspace checks them as Slack does. */
export const blockGallery: Readonly<Record<string, Block>> = {
  header: { type: 'header', text: plain('A header :sparkles:') },
  section: {
    type: 'section',
    text: mrkdwn(
      '*bold* _italic_ ~strike~ `code` <https://example.com/page|a label> <@U0BOB000001> <#C0AILAB0001> &lt;escaped&gt; :tada:\n> quoted',
    ),
    accessory: {
      type: 'overflow',
      action_id: 'more',
      options: [option('Rollback', 'rollback'), option('Export', 'export')],
    },
    fields: [mrkdwn('*Cost*\n`$0.0123`'), plain('plain field')],
  },
  divider: { type: 'divider' },
  context: {
    type: 'context',
    elements: [mrkdwn('answered by *Writer*'), { type: 'image', image_url: pictureUrl, alt_text: 'small picture' }],
  },
  actions: {
    type: 'actions',
    elements: [
      button('Approve', 'approve', { style: 'primary' }),
      button('Reject', 'reject', {
        style: 'danger',
        confirm: { title: plain('Sure?'), text: mrkdwn('*Really*'), confirm: plain('Do it'), deny: plain('Keep') },
      }),
      {
        type: 'static_select',
        action_id: 'agent',
        placeholder: plain('Change agent'),
        options: [option('Writer', 'writer'), option('Planner', 'planner')],
      },
      { type: 'datepicker', action_id: 'day', initial_date: '2026-11-21' },
      { type: 'checkboxes', action_id: 'ticks', options: [option('Tick', 'tick')] },
      { type: 'radio_buttons', action_id: 'radios', options: [option('One', 'one'), option('Two', 'two')] },
    ],
  },
  context_actions: {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        action_id: 'thumbs',
        positive_button: { text: plain('Good'), accessibility_label: 'Good answer', value: 'good' },
        negative_button: { text: plain('Bad'), accessibility_label: 'Bad answer', value: 'bad' },
      },
      { type: 'icon_button', action_id: 'discard', icon: 'trash', text: plain('Discard') },
    ],
  },
  alert: { type: 'alert', level: 'warning', text: mrkdwn('Budget at *80 %*') },
  card: {
    type: 'card',
    title: mrkdwn('*A card*'),
    subtitle: mrkdwn('subtitle'),
    body: mrkdwn('card body'),
    actions: [button('Open card', 'open_card')],
  },
  carousel: {
    type: 'carousel',
    elements: ['One', 'Two', 'Three'].map((name) => ({
      type: 'card',
      title: mrkdwn(`Candidate ${name}`),
      body: mrkdwn('body'),
    })),
  },
  container: {
    type: 'container',
    title: plain('A container'),
    subtitle: plain('of blocks'),
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: [{ type: 'section', text: mrkdwn('inside the container') }],
  },
  table: {
    type: 'table',
    column_settings: [{}, { align: 'right' }],
    rows: [
      [raw('Agent'), raw('Votes')],
      [raw('Writer'), { type: 'raw_number', value: 3, text: '3' }],
      [rich({ type: 'text', text: 'Planner', style: { bold: true } }), raw('1')],
    ],
  },
  data_table: {
    type: 'data_table',
    caption: 'Leaderboard',
    page_size: 2,
    rows: [
      [raw('Agent'), raw('Score')],
      ...[
        ['ada', 7],
        ['bea', 30],
        ['cid', 12],
      ].map(([name, score]) => [raw(String(name)), { type: 'raw_number', value: score, text: String(score) }]),
    ],
  },
  plan: {
    type: 'plan',
    title: 'The plan',
    tasks: [
      {
        type: 'task_card',
        task_id: 't1',
        title: 'Collect',
        status: 'complete',
        output: rich({ type: 'text', text: 'collected' }),
        sources: [{ type: 'url', url: 'https://example.com/source', text: 'The source' }],
      },
      { type: 'task_card', task_id: 't2', title: 'Write', status: 'in_progress' },
    ],
  },
  task_card: {
    type: 'task_card',
    task_id: 't3',
    title: 'A task',
    status: 'error',
    details: rich({ type: 'text', text: 'it failed' }),
  },
  rich_text: richText,
  markdown: { type: 'markdown', text: markdownText },
  image: { type: 'image', image_url: pictureUrl, alt_text: 'a chart', title: plain('Spend this week') },
  video: {
    type: 'video',
    title: plain('A video'),
    title_url: 'https://example.com/watch',
    video_url: 'https://example.com/embed',
    thumbnail_url: pictureUrl,
    alt_text: 'the video',
    provider_name: 'Example',
  },
  file: { type: 'file', external_id: 'ABC123', source: 'remote' },
  input: {
    type: 'input',
    label: plain('Your words'),
    hint: plain('a hint'),
    dispatch_action: true,
    element: { type: 'plain_text_input', action_id: 'words', placeholder: plain('type here') },
  },
}

/** A modal with every input that is commonly used. */
export const modalWithAllInputs: Block = {
  type: 'modal',
  callback_id: 'inputs',
  title: plain('All inputs'),
  submit: plain('Save'),
  close: plain('Cancel'),
  blocks: [
    {
      type: 'input',
      block_id: 'text',
      label: plain('Text'),
      element: { type: 'plain_text_input', action_id: 'text', multiline: true, min_length: 3 },
    },
    {
      type: 'input',
      block_id: 'one',
      label: plain('One of'),
      element: {
        type: 'static_select',
        action_id: 'one',
        options: [option('Writer', 'writer'), option('Planner', 'planner')],
      },
    },
    {
      type: 'input',
      block_id: 'many',
      optional: true,
      label: plain('Many of'),
      element: {
        type: 'multi_static_select',
        action_id: 'many',
        options: [option('Web', 'web'), option('Clock', 'clock')],
        initial_options: [option('Web', 'web')],
      },
    },
    {
      type: 'input',
      block_id: 'scope',
      label: plain('Scope'),
      element: {
        type: 'radio_buttons',
        action_id: 'scope',
        options: [option('Here', 'here'), option('Everywhere', 'everywhere')],
      },
    },
    {
      type: 'input',
      block_id: 'also',
      optional: true,
      label: plain('Also'),
      element: { type: 'checkboxes', action_id: 'also', options: [option('Tell me', 'tell')] },
    },
    {
      type: 'input',
      block_id: 'day',
      label: plain('Day'),
      element: { type: 'datepicker', action_id: 'day', initial_date: '2026-11-21' },
    },
    {
      type: 'input',
      block_id: 'budget',
      label: plain('Budget'),
      element: { type: 'number_input', action_id: 'budget', is_decimal_allowed: true, min_value: '1', max_value: '10' },
    },
  ],
}
