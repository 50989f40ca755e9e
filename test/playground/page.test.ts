import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Locator } from 'playwright-core'
import { blockGallery, modalWithAllInputs } from './page/block-gallery.ts'
import { findChromium } from './page/find-chromium.ts'
import { hostileMessages, malformedBlocks } from './page/hostile-messages.ts'
import { launchBrowser, openPlayground, type Playground, type Received } from './page/open-playground.ts'

const executable = findChromium(process.env)
if (executable === undefined)
  console.warn('The tests of the playground page are skipped: no Chromium here. Set CHROMIUM_BIN, or install chromium.')
const withBrowser = executable === undefined ? describe.skip : describe

const alice = 'U0ALICE0001'
const general = 'C0GENERAL01'
const seed = {
  banner: 'Offline model: answers come from a small local stand-in',
  commands: [
    { command: '/swarm', description: 'Put a swarm of agents on an objective', usageHint: '[topology] <objective>' },
  ],
  shortcuts: [{ name: 'Improve this answer', callbackId: 'improve', type: 'message' as const }],
}

let browser: Browser | undefined
let play: Playground | undefined

beforeAll(async () => {
  if (executable !== undefined) browser = await launchBrowser(executable)
})

afterEach(async () => {
  await play?.close()
  play = undefined
})

afterAll(async () => {
  await browser?.close()
})

async function start(): Promise<Playground> {
  if (browser === undefined) throw new Error('The browser did not start.')
  play = await openPlayground(browser, seed)
  return play
}

function messageAt(playground: Playground, ts: unknown, list = 'Messages'): Locator {
  return playground.page.getByRole('list', { name: list }).locator(`[data-ts="${String(ts)}"]`)
}

const interaction = (playground: Playground, type: string): Received | undefined =>
  playground.received.findLast((body) => body['type'] === type)

withBrowser('the playground page', () => {
  test('a click counts when what is clicked is drawn anew between press and release', async () => {
    const playground = await start()
    const { page } = playground
    const { ts } = await playground.callApi('chat.postMessage', { channel: general, text: 'asked' })
    const reply = () => playground.callApi('chat.postMessage', { channel: general, text: 'replied', thread_ts: ts })
    await reply()
    await playground.open(general)
    const bar = messageAt(playground, ts).locator('.reply-bar')
    await bar.hover()
    await page.mouse.down()
    await reply()
    // It comes to the page in the order of what happened, so this one tells that the reply has come.
    await playground.callApi('chat.postMessage', { channel: 'C0AILAB0001', text: 'elsewhere' })
    await page.locator('.sidebar-item', { hasText: 'ai-lab' }).locator('.unread-count').waitFor()
    await page.mouse.up()
    await page.getByRole('complementary', { name: 'Thread' }).getByText('replied').nth(1).waitFor()
    await messageAt(playground, ts).getByText('2 replies').waitFor()
    expect(await bar.innerText()).toContain('2 replies')
  })

  test('shows a block of every type, and knows each of them', async () => {
    const playground = await start()
    const { page } = playground
    for (const blocks of [Object.values(blockGallery).slice(0, 10), Object.values(blockGallery).slice(10)]) {
      await playground.callApi('chat.postMessage', { channel: general, text: 'gallery', blocks })
    }
    await playground.open(general)
    await page.locator('[data-block-type="input"]').waitFor()
    for (const type of Object.keys(blockGallery))
      expect([type, await page.locator(`[data-block-type="${type}"]`).first().isVisible()]).toEqual([type, true])
    expect(await page.locator('.unknown-block').count()).toBe(0)
    const section = page.locator('[data-block-type="section"]').first()
    expect(await section.locator('.section-main > .mrkdwn, .section-main .mrkdwn').first().innerText()).toBe(
      'bold italic strike code a label @Bob Baker #ai-lab <escaped> 🎉\nquoted',
    )
    expect(await section.getByRole('link', { name: 'a label' }).getAttribute('href')).toBe('https://example.com/page')
    expect(await page.locator('[data-block-type="markdown"]').getByRole('table').innerText()).toContain('Writer')
    expect(await page.locator('[data-block-type="markdown"] h1').innerText()).toBe('Markdown heading')
    expect(await page.locator('[data-block-type="markdown"] img').count()).toBe(0)
    expect(await page.getByRole('group', { name: 'Feedback' }).getByRole('button').count()).toBe(2)
    expect(await page.locator('[data-block-type="plan"]').getByRole('listitem').count()).toBe(2)
    expect(playground.trouble).toEqual([])
  })

  test('folds containers, sorts and turns the pages of data tables, and asks before a guarded button', async () => {
    const playground = await start()
    const { page } = playground
    await playground.callApi('chat.postMessage', {
      channel: general,
      text: 'x',
      blocks: [blockGallery['container'], blockGallery['data_table'], blockGallery['actions']],
    })
    await playground.open(general)
    expect(await page.getByText('inside the container').isVisible()).toBe(false)
    await page.getByText('A container').click()
    await page.getByText('inside the container').waitFor()
    const rows = (): Promise<string[]> => page.locator('[data-block-type="data_table"] tbody tr').allInnerTexts()
    expect(await rows()).toHaveLength(2)
    await page.getByRole('button', { name: 'Score' }).click()
    expect((await rows())[0]).toContain('ada')
    await page.getByRole('button', { name: 'Next', exact: true }).click()
    expect(await rows()).toEqual([expect.stringContaining('bea')])
    await page.getByRole('button', { name: 'Reject' }).click()
    await page.getByRole('dialog', { name: 'Sure?' }).getByRole('button', { name: 'Do it' }).click()
    await playground.workspace.waitFor('the click', () => interaction(playground, 'block_actions'))
    expect(interaction(playground, 'block_actions')).toMatchObject({ actions: [{ action_id: 'reject' }] })
  })

  test('runs nothing that a message says, and leads nobody to an address that runs', async () => {
    const playground = await start()
    const { page } = playground
    const messages = hostileMessages()
    await page.route('**/play/messages*', (route) => route.fulfill({ json: { messages, prompts: { prompts: [] } } }))
    await playground.open(general)
    await messageAt(playground, messages.at(-1)?.['ts']).waitFor()
    expect(await page.locator('.message').count()).toBe(messages.length)
    await page.locator('.message summary').evaluateAll((all) => all.forEach((one) => (one as HTMLElement).click()))
    const found = await page.evaluate(() => ({
      hacked: 'hacked' in window,
      active: document.querySelectorAll('main :is(script, iframe, object, embed, base, meta, style, form, link, math)')
        .length,
      handlers: [...document.querySelectorAll('main *')]
        .flatMap((one) => one.getAttributeNames())
        .filter((name) => name.startsWith('on') || name === 'srcdoc'),
      schemes: [...new Set([...document.querySelectorAll('main a')].map((one) => (one as HTMLAnchorElement).protocol))],
      images: [...document.querySelectorAll('main img')]
        .map((one) => (one as HTMLImageElement).src)
        .filter((address) => !/^https?:/.test(address)),
    }))
    expect(found).toEqual({
      hacked: false,
      active: 0,
      handlers: [],
      schemes: expect.not.arrayContaining(['javascript:', 'data:', 'vbscript:', 'file:']),
      images: [],
    })
    expect(await page.getByText('<script>window.hacked=1</script>', { exact: true }).first().isVisible()).toBe(true)
    expect(playground.trouble).toEqual([])
  })

  test('stays up when blocks are malformed', async () => {
    const playground = await start()
    const { page } = playground
    const messages = malformedBlocks.map((block, index) => ({
      ts: `1763700000.00${1000 + index}`,
      channel: general,
      user: alice,
      text: '',
      blocks: [block, { type: 'header', text: { type: 'plain_text', text: 'after' } }],
    }))
    await page.route('**/play/messages*', (route) => route.fulfill({ json: { messages } }))
    await playground.open(general)
    await messageAt(playground, messages.at(-1)?.ts).waitFor()
    expect(await page.getByText('after', { exact: true }).count()).toBe(malformedBlocks.length)
    expect(await page.locator('.main').innerText()).not.toContain('[object')
    expect(playground.trouble).toEqual([])
  })

  test('grows a streamed answer in the thread, shows what the app is doing, and stops it', async () => {
    const playground = await start()
    const { page, workspace } = playground
    const { message } = await workspace.say({ user: alice, channel: general, text: '<@U0MURMUR001> how much?' })
    await playground.open(general, message.ts)
    await playground.callApi('agents.sessions.setStatus', {
      channel_id: general,
      thread_ts: message.ts,
      status: 'processing',
      title: 'How much',
    })
    await playground.callApi('assistant.threads.setStatus', {
      channel_id: general,
      thread_ts: message.ts,
      status: 'is thinking…',
    })
    await page.getByRole('complementary', { name: 'Thread' }).getByText('murmur is thinking…').waitFor()
    const started = await playground.callApi('chat.startStream', {
      channel: general,
      thread_ts: message.ts,
      recipient_user_id: alice,
      recipient_team_id: workspace.teamId,
      username: 'Analyst',
      icon_emoji: ':bar_chart:',
      chunks: [
        { type: 'task_update', id: 'route', title: 'Routing', status: 'in_progress' },
        { type: 'markdown_text', text: 'It is **4' },
      ],
    })
    const answer = messageAt(playground, started['ts'], 'Thread')
    await answer.getByText('It is **4').waitFor()
    await playground.callApi('chat.appendStream', {
      channel: general,
      ts: started['ts'],
      chunks: [
        { type: 'task_update', id: 'route', title: 'Routing', status: 'complete' },
        { type: 'markdown_text', text: '08** dollars' },
      ],
    })
    await answer.getByText('It is 408 dollars').waitFor()
    expect(await answer.locator('strong').innerText()).toBe('408')
    expect(await answer.locator('.author').innerText()).toBe('Analyst')
    expect(await answer.getByRole('img', { name: 'complete' }).count()).toBe(1)
    await page.getByRole('button', { name: 'Stop' }).click()
    await workspace.waitFor('the stop', () =>
      playground.received.some((body) => (body['event'] as Received | undefined)?.['type'] === 'agent_session_stopped'),
    )
    await playground.callApi('agents.sessions.setStatus', {
      channel_id: general,
      thread_ts: message.ts,
      status: 'active',
    })
    await page.getByRole('list', { name: 'Messages' }).getByText('1 reply').waitFor()
  })

  test('tells the app which thumb was pressed and keeps it pressed', async () => {
    const playground = await start()
    const { page, workspace } = playground
    await playground.callApi('chat.postMessage', {
      channel: general,
      text: 'x',
      blocks: [blockGallery['context_actions']],
    })
    await playground.open(general)
    await page.getByRole('button', { name: 'Bad answer' }).click()
    await workspace.waitFor('the thumb', () => interaction(playground, 'block_actions'))
    expect(interaction(playground, 'block_actions')).toMatchObject({ actions: [{ action_id: 'thumbs', value: 'bad' }] })
    expect(await page.getByRole('button', { name: 'Bad answer' }).getAttribute('aria-pressed')).toBe('true')
    expect(await page.getByRole('button', { name: 'Good answer' }).getAttribute('aria-pressed')).toBe('false')
  })

  test('opens a modal, names what is wrong at the field, and submits every kind of input', async () => {
    const playground = await start()
    const { page } = playground
    await playground.callApi('chat.postMessage', {
      channel: general,
      text: 'x',
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'open', text: { type: 'plain_text', text: 'Open form' } }],
        },
      ],
    })
    await playground.open(general)
    await page.getByRole('button', { name: 'Open form' }).click()
    const click = await playground.workspace.waitFor('the click', () => interaction(playground, 'block_actions'))
    await playground.callApi('views.open', { trigger_id: click['trigger_id'], view: modalWithAllInputs })
    const modal = page.getByRole('dialog', { name: 'All inputs' })
    await modal.getByRole('button', { name: 'Save' }).click()
    expect(await modal.getByRole('alert').filter({ hasText: 'Please complete this required field.' }).count()).toBe(4)
    await modal.getByLabel('Text').fill('shorter')
    await modal.getByLabel('One of').selectOption('planner')
    await modal.getByLabel('Many of').click()
    await modal.getByLabel('Clock').check()
    await page.keyboard.press('Escape')
    await modal.getByLabel('Everywhere').check()
    await modal.getByLabel('Tell me').check()
    await modal.getByLabel('Budget').fill('11')
    await modal.getByRole('button', { name: 'Save' }).click()
    expect(await modal.locator('[data-error-for="budget"]').innerText()).toBe('Enter a number of at most 10.')
    await modal.getByLabel('Budget').fill('5.5')
    playground.answerWith(() => ({ response_action: 'errors', errors: { text: 'Say a little more.' } }))
    await modal.getByRole('button', { name: 'Save' }).click()
    await modal.getByText('Say a little more.').waitFor()
    expect(await modal.getByLabel('Text').getAttribute('aria-invalid')).toBe('true')
    await modal.getByLabel('Text').fill('a little more')
    expect(await modal.getByText('Say a little more.').count()).toBe(0)
    expect(await modal.getByLabel('Text').getAttribute('aria-invalid')).toBe(null)
    await modal.getByLabel('Text').fill('shorter')
    playground.answerWith(() => undefined)
    await modal.getByRole('button', { name: 'Save' }).click()
    await modal.waitFor({ state: 'detached' })
    expect(interaction(playground, 'view_submission')).toMatchObject({
      view: {
        state: {
          values: {
            text: { text: { value: 'shorter' } },
            one: { one: { selected_option: { value: 'planner' } } },
            many: { many: { selected_options: [{ value: 'web' }, { value: 'clock' }] } },
            scope: { scope: { selected_option: { value: 'everywhere' } } },
            also: { also: { selected_options: [{ value: 'tell' }] } },
            day: { day: { selected_date: '2026-11-21' } },
            budget: { budget: { value: '5.5' } },
          },
        },
      },
    })
  })

  test('begins a choice of channels where the person is, among the kinds that are asked for', async () => {
    const playground = await start()
    const { page } = playground
    const button = { type: 'button', action_id: 'open', text: { type: 'plain_text', text: 'Open form' } }
    const label = { type: 'plain_text', text: 'Where' }
    const element = {
      type: 'conversations_select',
      action_id: 'where',
      default_to_current_conversation: true,
      filter: { include: ['public', 'private'] },
    }
    const title = { type: 'plain_text', text: 'Place' }
    const view = { type: 'modal', title, submit: title, blocks: [{ type: 'input', block_id: 'where', label, element }] }
    const blocks = [{ type: 'actions', elements: [button] }]
    await playground.callApi('chat.postMessage', { channel: 'C0AILAB0001', text: 'x', blocks })
    await playground.open('C0AILAB0001')
    await page.getByRole('button', { name: 'Open form' }).click()
    const click = await playground.workspace.waitFor('the click', () => interaction(playground, 'block_actions'))
    await playground.callApi('views.open', { trigger_id: click['trigger_id'], view })
    const where = page.getByRole('dialog', { name: 'Place' }).getByRole('combobox')
    expect(await where.inputValue()).toBe('C0AILAB0001')
    expect(await where.getByRole('option').allInnerTexts()).toEqual(['Choose an option', '#general', '#ai-lab', '#lab'])
    await page.getByRole('button', { name: 'Place' }).click()
    await where.waitFor({ state: 'detached' })
    const state = interaction(playground, 'view_submission')
    expect(state).toMatchObject({ view: { state: { values: { where: { where: { selected_conversation: 'C0AILAB0001' } } } } } })
  })

  test('decodes the entities in code as Slack does, once, and keeps the words of a table whole', async () => {
    const playground = await start()
    const { page } = playground
    const words = '| Phase | Step |\n|---|---|\n| Preparation | '.concat('something to do '.repeat(20), '|')
    const text = ['`a =&gt; b`', '```', 'x &lt; 1 &amp;&amp; y // &amp;lt;', '```', words].join('\n')
    await playground.callApi('chat.postMessage', { channel: general, text: 'x', blocks: [{ type: 'markdown', text }] })
    await playground.open(general)
    await page.locator('.markdown code').nth(1).waitFor()
    expect(await page.locator('.markdown code').allInnerTexts()).toEqual(['a => b', 'x < 1 && y // &lt;'])
    const lines = await page.getByRole('cell', { name: 'Preparation' }).evaluate((cell) => {
      const range = document.createRange()
      range.selectNodeContents(cell)
      return range.getClientRects().length
    })
    expect(lines).toBe(1)
  })

  test('completes commands and mentions, and sends what Slack would send', async () => {
    const playground = await start()
    const { page, workspace } = playground
    playground.answerWith((body) =>
      body['command'] === undefined ? undefined : { response_type: 'ephemeral', text: 'Here is *help*.' },
    )
    await playground.open(general)
    const field = page.getByRole('combobox', { name: 'Message #general' })
    await field.pressSequentially('/sw')
    await page.getByRole('option', { name: /\/swarm/ }).waitFor()
    await field.press('Tab')
    await field.pressSequentially('help me')
    await field.press('Enter')
    const notice = page.locator('.message.ephemeral').filter({ hasText: 'Here is help.' })
    await notice.getByText('Only visible to you').waitFor()
    expect(playground.received.at(-1)).toMatchObject({ command: '/swarm', text: 'help me', channel_id: general })
    await field.pressSequentially('@mur')
    await field.press('Enter')
    await field.pressSequentially('is 1 < 2?')
    await field.press('Enter')
    await workspace.waitFor(
      'the message',
      () => workspace.messages(general).at(-1)?.text === '<@U0MURMUR001> is 1 &lt; 2?',
    )
    await page.getByText('@murmur is 1 < 2?').waitFor()
    await field.fill('/unknown thing')
    await field.press('Enter')
    await page.getByText('is not a valid command').waitFor()
  })

  test('shows an ephemeral message to its person only, and lets others act', async () => {
    const playground = await start()
    const { page, workspace } = playground
    await playground.open(general)
    await playground.callApi('chat.postEphemeral', { channel: general, user: alice, text: 'for Alice alone' })
    await page.getByText('for Alice alone').waitFor()
    await page.getByRole('radio', { name: /Bob/ }).click()
    await page.getByRole('radio', { name: /Bob/, checked: true }).waitFor()
    expect(await page.getByText('for Alice alone').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'lab', exact: true }).count()).toBe(0)
    await page.getByRole('combobox', { name: 'Message #general' }).fill('from Bob')
    await page.getByRole('button', { name: 'Send now' }).first().click()
    await workspace.waitFor('the message', () => workspace.messages(general).at(-1)?.user === 'U0BOB000001')
  })

  test('edits, reacts, runs a message shortcut, uploads and deletes', async () => {
    const playground = await start()
    const { page, workspace } = playground
    const { message } = await workspace.say({ user: alice, channel: general, text: 'first words' })
    await playground.open(general)
    const shown = messageAt(playground, message.ts)
    const choose = async (name: string): Promise<void> => {
      await shown.hover()
      await shown.getByRole('button', { name: 'More actions' }).click()
      await page.getByRole('menuitem', { name }).click()
    }
    await choose('Edit message')
    await shown.getByRole('textbox', { name: 'Edit message' }).fill('better words')
    await shown.getByRole('button', { name: 'Save' }).click()
    await shown.getByText('better words').waitFor()
    await shown.getByRole('button', { name: 'React with eyes' }).click()
    await shown.getByRole('button', { name: 'eyes, 1' }).waitFor()
    await choose('Improve this answer')
    await workspace.waitFor('the shortcut', () => interaction(playground, 'message_action'))
    expect(interaction(playground, 'message_action')).toMatchObject({
      callback_id: 'improve',
      message: { ts: message.ts },
    })
    await page
      .locator('.channel-pane input[type=file]')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('a note') })
    await page.getByRole('button', { name: 'Send now' }).first().click()
    await page.getByRole('link', { name: 'File notes.txt' }).waitFor()
    await choose('Delete message')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await shown.waitFor({ state: 'detached' })
  })

  test('shows the App Home, suggested prompts, the banner, and switches faults', async () => {
    const playground = await start()
    const { page, workspace } = playground
    await playground.open(general)
    await page.getByRole('note', { name: 'Notice' }).getByText('Offline model').waitFor()
    await page.getByRole('button', { name: 'murmur Home' }).click()
    await playground.callApi('views.publish', {
      user_id: alice,
      view: { type: 'home', blocks: [blockGallery['header'], blockGallery['actions']] },
    })
    await page.getByRole('region', { name: 'App Home' }).getByRole('button', { name: 'Approve' }).click()
    await workspace.waitFor('the click', () => interaction(playground, 'block_actions'))
    await page.getByRole('tab', { name: 'Messages' }).click()
    await playground.callApi('assistant.threads.setSuggestedPrompts', {
      channel_id: 'D0ALICE0001',
      prompts: [{ title: 'Debate', message: 'Debate tabs or spaces' }],
    })
    await page.getByRole('button', { name: 'Debate' }).click()
    await page.getByRole('complementary', { name: 'Thread' }).getByText('Debate tabs or spaces').waitFor()
    await page.getByRole('button', { name: 'Fault switches' }).click()
    await page.getByRole('button', { name: 'Next event is delivered twice' }).click()
    await page.getByRole('button', { name: 'Fault switches, 1 on' }).waitFor()
    expect(workspace.faults.list()).toMatchObject([{ kind: 'duplicate_delivery' }])
  })
})
