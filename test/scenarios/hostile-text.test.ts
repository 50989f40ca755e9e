import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, bob, startScenario, type Scenario } from './start-scenario.ts'

const slackKey = ['xoxb', '123456789012', 'abcdefGHIJKLmnop'].join('-')
const openAiKey = ['sk', 'proj', 'abcdefghijklmnop1234567890'].join('-')

/** What a person, or whoever has their model's ear, could write to reach more than this thread. */
const hostile = [
  `in the first line ${slackKey} <!channel>`,
  '<!channel> <!here> <!everyone> @channel @here @everyone',
  '<!subteam^S012ABCDEF>',
  '[click](javascript:alert(1)) <javascript:alert(1)|click> [x](data:text/html,hi)',
  '[https://bank.example](https://evil.example/login) <https://evil.example|https://bank.example>',
  `my key is ${slackKey} and ${openAiKey}`,
  'bell \u0007 escape \u001b[31m null \u0000 right-to-left \u202Eexe.fdp',
  '```\nan open fence',
].join('\n')

/** People whom nobody but the model has named. */
const strangers = '<@U0BOB000001> <@U0CAROL0001|the boss>'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  // A model that says whatever it is told, also where it gives its reasons.
  scenario.model.setAnswer((request) =>
    request.format.kind === 'json_schema' ? { json: { specialty: 'writer', confidence: 0.9, reason: `${strangers} ${hostile}` } } : `${strangers} ${askedOf(request)}`,
  )
})
afterAll(() => scenario.close())

/** Everything the app has sent to Slack, as one text; the JSON around it shows control characters as escapes. */
function sentSince(start: number): string {
  const sent = scenario.workspace.calls().slice(start).map(({ args }) => args)
  // Blocks and views come as JSON in text. Slack shows `plain_text` as it is, so that no markup in it means anything.
  return JSON.stringify(sent).replaceAll(/\\"plain_text\\",\\"text\\":\\"(?:[^"\\]|\\\\[^"])*\\"/g, (plain) => plain.replaceAll(/[<@[(]/g, ''))
}

const harm: readonly RegExp[] = [
  // A date of our own is the only thing of this form.
  /<!(?!date\^\d)/,
  /@(?:channel|here|everyone)/,
  /<javascript:/,
  /<https:\/\/evil\.example\|/,
  new RegExp(slackKey),
  new RegExp(openAiKey),
  /\\u00(?:0[0-8bcef]|1[0-9a-f])/i,
  /\u202E/,
]
const callsStrangers = /<@U0(?:BOB000001|CAROL0001)/
/** What only Markdown understands; in mrkdwn it is text. */
const markdownHarm: readonly RegExp[] = [/\]\((?:javascript|data):/, /\[https:\/\/bank\.example\]\(/]

/** The harm that is in a text, with what is around it. */
function harmIn(sent: string, patterns: readonly RegExp[] = [...harm, callsStrangers]): string[] {
  return patterns.flatMap((pattern) => {
    const found = pattern.exec(sent)
    return found ? [`${String(pattern)}: ${sent.slice(Math.max(0, found.index - 60), found.index + 60)}`] : []
  })
}

test('hostile text that the model echoes reaches Slack harmless, streamed and in its reasons', async () => {
  const { workspace, ask, waitForAnswer } = scenario
  const before = workspace.calls().length
  const { channel, ts } = await ask(`Please repeat\n${hostile}`)
  const answer = await waitForAnswer(channel, ts)
  await workspace.click({ user: alice, channel, messageTs: answer.ts, actionId: 'why_agent' })
  await workspace.waitFor('the reason', () => workspace.ephemerals(alice).length > 0)
  const sent = sentSince(before)
  expect(harmIn(sent)).toEqual([])
  expect(harmIn(shownText(answer), markdownHarm)).toEqual([])
  expect(shownText(answer)).toContain('[redacted]')
  expect(shownText(answer)).toMatch(/```\s*$/)
})

test('hostile text is as harmless in a post, where streams are missing', async () => {
  const { workspace, ask, waitForAnswer } = scenario
  const before = workspace.calls().length
  workspace.faults.add({ kind: 'error', method: 'chat.startStream', error: 'not_allowed' })
  const { channel, ts } = await ask(`Please repeat\n${hostile}`)
  const answer = await waitForAnswer(channel, ts)
  expect(workspace.calls('chat.startStream').at(-1)?.error).toBe('not_allowed')
  expect(harmIn(sentSince(before))).toEqual([])
  expect(harmIn(shownText(answer), markdownHarm)).toEqual([])
})

test('hostile text is harmless as an objective, in lists, results, forms and on the home page', async () => {
  const { workspace, freshChannel } = scenario
  const channel = freshChannel()
  const before = workspace.calls().length
  await workspace.command({ user: alice, channel, command: '/swarm', text: `--role writer repeat ${hostile}` })
  const answer = await workspace.waitFor('an answer', () => workspace.messages(channel).find(({ botId, blocks }) => botId && JSON.stringify(blocks).includes('"feedback"')))
  const status = await workspace.command({ user: alice, channel, command: '/swarm', text: 'status' })
  const runId = /`([0-9a-f-]{36})`/.exec(JSON.stringify(status.body))?.[1] ?? ''
  const result = await workspace.command({ user: alice, channel, command: '/swarm', text: `result ${runId}` })
  const task = await workspace.command({ user: alice, channel, command: '/swarm', text: `task ${runId}` })
  const slip = await workspace.command({ user: alice, channel, command: '/swarm', text: '<!channel>' })
  await workspace.shortcut({ user: alice, channel, messageTs: answer.ts, callbackId: 'improve_answer' })
  await workspace.waitFor('a form', () => workspace.openViews(alice).length > 0)
  await workspace.openHome({ user: alice, tab: 'home' })
  await workspace.waitFor('a home page', () => workspace.home(alice) !== undefined)
  expect(harmIn(sentSince(before))).toEqual([])
  for (const { httpStatus, body } of [status, result, task, slip]) {
    expect(httpStatus).toBe(200)
    // Seen by one person alone, so that a name in it calls nobody.
    expect(harmIn(JSON.stringify(body), harm)).toEqual([])
  }
  expect(workspace.ephemerals(bob)).toEqual([])
})
