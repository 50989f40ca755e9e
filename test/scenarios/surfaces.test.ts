import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { alice, aliceIm, bob, elsewhere, isFinishedAnswer, privateLab, startScenario, type Asked, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

const question = 'Well, and now? What do you say to that?'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request)}`)
})
afterAll(() => scenario.close())

/** What a command answers to the person who typed it. */
async function type(command: string, text: string, { user = alice, channel = scenario.freshChannel() } = {}): Promise<string> {
  const { httpStatus, body } = await scenario.workspace.command({ user, channel, command, text })
  expect(httpStatus).toBe(200)
  return typeof body === 'string' ? body : JSON.stringify(body ?? '')
}

const feedbackOf = (channel: string) => {
  const runs = new Set(scenario.store.rows('runs').filter((run) => run['channel_id'] === channel).map((run) => run['run_id']))
  return scenario.store.rows('feedback').filter((row) => runs.has(row['run_id'] ?? null)).map(({ user_id: user, kind, text }) => [user, kind, text])
}

async function answered(user = alice): Promise<Asked & { answerTs: string; runId: string }> {
  const asked = await scenario.ask(question, { user })
  const answer = await scenario.waitForAnswer(asked.channel, asked.ts)
  const { runId } = await scenario.waitForEnd(asked)
  return { ...asked, answerTs: answer.ts, runId }
}

test('/swarm with an objective for one specialist opens a thread that quotes it, with the answer, and a follow-up there is answered too', async () => {
  const { workspace, model, freshChannel, answers, waitForEnd, at } = scenario
  const channel = freshChannel()
  expect(await type('/swarm', `--role writer ${question}`, { user: bob, channel })).toBe('""')
  const root = await workspace.waitFor('the root', () => workspace.messages(channel)[0])
  expect(root.text).toBe(`<@${bob}> asked:\n> ${question}`)
  await waitForEnd({ channel, ts: root.ts })
  expect(answers(channel, root.ts).slice(1).map(shownText)).toEqual([`Said: ${question}`])
  const followUp = await workspace.say({ user: alice, channel, text: at('And then?'), threadTs: root.ts })
  await scenario.waitForAnswer(channel, root.ts, followUp.message.ts)
  expect(answers(channel, root.ts).map(shownText).at(-1)).toBe('Said: And then?')
  const sent = JSON.stringify(model.requests().findLast(({ body }) => isAnswerCall(body))?.body)
  expect(sent).toContain(`Said: ${question}`)
})

test('the words of /swarm answer at once, to the person alone', async () => {
  const { workspace } = scenario
  const { channel, runId } = await answered()
  const before = workspace.messages(channel).length
  const here = { channel }
  expect(await type('/swarm', '', here)).toMatch(/\/swarm status/)
  expect(await type('/swarm', 'help', here)).toMatch(/\/improve/)
  expect(await type('/swarm', 'HELP', here)).toMatch(/\/swarm status/)
  expect(await type('/swarm', 'status', here)).toContain(runId)
  expect(await type('/swarm', `task ${runId}`, here)).toMatch(/Route: writer by model/)
  expect(await type('/swarm', `result \`${runId}\``, here)).toContain(`Said: ${question}`)
  expect(await type('/swarm', 'agents', here)).toMatch(/Writer/)
  expect(await type('/swarm', 'models', here)).toMatch(/gpt-6-luna/)
  expect(await type('/swarm', 'budget', here)).toMatch(/\$0\.000\d/)
  expect(await type('/swarm', 'statsu', here)).toMatch(/Did you mean `\/swarm status`/)
  expect(await type('/swarm', 'hello', here)).toMatch(/an objective of several words/)
  expect(workspace.messages(channel)).toHaveLength(before)
})

test('in a channel where nothing has run, the words say so', async () => {
  expect(await type('/swarm', 'status')).toMatch(/Nothing has run in this channel yet/)
  expect(await type('/improve', 'shorter')).toMatch(/no answered run in this channel/)
  expect(await type('/swarm', 'task 01234567-89ab-7def-8123-456789abcdef')).toMatch(/Expected the id of a run of this channel/)
})

test('/improve keeps the remark with the own last run, and without a text says how it is used', async () => {
  const { channel, runId } = await answered(bob)
  expect(await type('/improve', '', { user: bob, channel })).toMatch(/\/improve <what to do better>|&lt;what to do better&gt;/)
  expect(await type('/improve', 'mine, not yours', { user: alice, channel })).toMatch(/no answered run/)
  expect(await type('/improve', 'shorter, with sources', { user: bob, channel })).toContain(runId)
  expect(feedbackOf(channel)).toEqual([[bob, 'improve', 'shorter, with sources']])
})

test('a thumb up is thanked for; changed to down it asks what would have been better, and keeps the words', async () => {
  const { workspace } = scenario
  const { channel, ts, answerTs } = await answered()
  const thumb = (direction: 'up' | 'down') => workspace.click({ user: bob, channel, messageTs: answerTs, actionId: 'feedback', value: direction === 'up' ? 'positive' : 'negative' })
  await thumb('up')
  const thanks = await workspace.waitFor('thanks', () => workspace.ephemerals(bob).find(({ channel: place }) => place === channel))
  expect([thanks.threadTs, thanks.text]).toEqual([ts, expect.stringMatching(/^Thank you/)])
  await thumb('up')
  expect(feedbackOf(channel)).toEqual([[bob, 'up', '']])
  await thumb('down')
  const view = await workspace.waitFor('the form', () => workspace.openViews(bob)[0])
  expect(JSON.stringify(view.content)).toContain(question)
  await expect(workspace.submitView({ user: bob, viewId: view.id })).rejects.toThrow(/required/)
  const blank = await workspace.submitView({ user: bob, viewId: view.id, values: { improvement_text: '   ' } })
  expect(blank.body).toMatchObject({ response_action: 'errors', errors: { improvement: expect.any(String) } })
  await workspace.submitView({ user: bob, viewId: view.id, values: { improvement_text: 'a table, please' } })
  expect(workspace.openViews(bob)).toEqual([])
  expect(feedbackOf(channel)).toEqual([[bob, 'down', ''], [bob, 'improve', 'a table, please']])
})

test('thumbs of two people count each for itself', async () => {
  const { workspace } = scenario
  const { channel, answerTs } = await answered()
  for (const user of [alice, bob]) await workspace.click({ user, channel, messageTs: answerTs, actionId: 'feedback', value: 'positive' })
  expect(feedbackOf(channel)).toEqual([[alice, 'up', ''], [bob, 'up', '']])
})

test('"Why this agent?" shows the decision with its scores, to the person who asked, in the thread', async () => {
  const { workspace } = scenario
  const { channel, ts, answerTs } = await answered()
  await workspace.click({ user: bob, channel, messageTs: answerTs, actionId: 'why_agent' })
  const why = await workspace.waitFor('the reason', () => workspace.ephemerals(bob).find(({ channel: place }) => place === channel))
  expect(why.threadTs).toBe(ts)
  expect(why.deliveredText).toMatch(/Writer/)
  expect(why.deliveredText).toMatch(/It is about words\./)
  expect(why.deliveredText).toMatch(/\d+ %/)
})

test('the message shortcut improves an own answer, and says of a foreign message that it cannot', async () => {
  const { workspace } = scenario
  const { channel, ts, answerTs } = await answered()
  const callbackId = 'improve_answer'
  await workspace.shortcut({ user: alice, callbackId, channel, messageTs: ts })
  const word = await workspace.waitFor('a word', () => workspace.ephemerals(alice).find(({ channel: place }) => place === channel))
  expect(word.text).toMatch(/my own answers only/)
  expect(workspace.openViews(alice)).toEqual([])
  await workspace.shortcut({ user: alice, callbackId, channel, messageTs: answerTs })
  const view = await workspace.waitFor('the form', () => workspace.openViews(alice)[0])
  await workspace.submitView({ user: alice, viewId: view.id, values: { improvement_text: 'more warmth' } })
  expect(feedbackOf(channel)).toEqual([[alice, 'improve', 'more warmth']])
})

test('the global shortcut asks what and where, names what is missing, and answers in a thread there', async () => {
  const { workspace, freshChannel, waitForEnd, answers } = scenario
  const channel = freshChannel()
  await workspace.globalShortcut({ user: bob, callbackId: 'ask_murmur' })
  const view = await workspace.waitFor('the form', () => workspace.openViews(bob)[0])
  const blank = await workspace.submitView({ user: bob, viewId: view.id, values: { request_text: '  ', channel_id: channel } })
  expect(blank.body).toMatchObject({ response_action: 'errors', errors: { request: expect.any(String) } })
  expect(workspace.openViews(bob)).toHaveLength(1)
  const sent = await workspace.submitView({ user: bob, viewId: view.id, values: { request_text: question, channel_id: channel } })
  expect(sent.ok).toBe(true)
  expect(workspace.openViews(bob)).toEqual([])
  const root = await workspace.waitFor('the root', () => workspace.messages(channel)[0])
  expect(root.text).toContain(`<@${bob}> asked:`)
  await waitForEnd({ channel, ts: root.ts })
  expect(answers(channel, root.ts).slice(1).map(shownText)).toEqual([`Said: ${question}`])
})

test('a form for a channel without the app tells the person in their direct messages', async () => {
  const { workspace } = scenario
  await workspace.globalShortcut({ user: bob, callbackId: 'ask_murmur' })
  const view = await workspace.waitFor('the form', () => workspace.openViews(bob)[0])
  await workspace.submitView({ user: bob, viewId: view.id, values: { request_text: question, channel_id: elsewhere } })
  const told = await workspace.waitFor('a word', () => workspace.messages(`D${bob.slice(1)}`).at(-1))
  expect(told.text).toMatch(new RegExp(`^About your request in <#${elsewhere}>: .*Invite me`))
})

test('the Home tab lists the own runs with their cost, and nobody else\'s', async () => {
  const { workspace } = scenario
  await answered(alice)
  await scenario.waitForEnd(await scenario.ask('Write a note on the pangolins of Bob', { user: bob }))
  await workspace.openHome({ user: alice, tab: 'home' })
  const home = await workspace.waitFor('the home page', () => workspace.home(alice))
  const shown = JSON.stringify(home)
  expect(shown).not.toContain('pangolins')
  expect(shown).toMatch(/\$0\.\d{4} spent/)
  expect(shown).toMatch(/Writer/)
})

test('the Messages tab offers prompts to begin with', async () => {
  const { workspace } = scenario
  await workspace.openHome({ user: alice, tab: 'messages' })
  const prompts = await workspace.waitFor('prompts', () => workspace.prompts(aliceIm))
  expect(prompts.prompts.length).toBeGreaterThan(2)
})

test('the app introduces itself to whoever invites it, and to nobody when others join', async () => {
  const { workspace, freshChannel } = scenario
  const channel = freshChannel()
  const joined = (user: string) => workspace.emit({ type: 'member_joined_channel', user, channel, channel_type: 'C', team: workspace.teamId, inviter: bob, event_ts: '1780000000.000100' })
  await joined(alice)
  await joined(workspace.botUserId)
  const said = await workspace.waitFor('the introduction', () => workspace.ephemerals(bob).filter(({ channel: place }) => place === channel))
  expect(said.map(({ text }) => text)).toEqual([expect.stringMatching(/Mention me/)])
  expect(workspace.messages(channel)).toEqual([])
})

test('in a direct message a follow-up in the thread needs no mention and knows what was said', async () => {
  const { workspace, model } = scenario
  const { message } = await workspace.say({ user: alice, channel: aliceIm, text: question })
  expect(await readThreadEnd(scenario, { channel: aliceIm, ts: message.ts })).toEqual(answeredOnce(`Said: ${question}`))
  const followUp = await workspace.say({ user: alice, channel: aliceIm, text: 'And then?', threadTs: message.ts })
  await scenario.waitForAnswer(aliceIm, message.ts, followUp.message.ts)
  expect(JSON.stringify(model.requests().findLast(({ body }) => isAnswerCall(body))?.body)).toContain(`Said: ${question}`)
})

test('in a private channel a mention is answered as anywhere', async () => {
  const asked = await scenario.ask(question, { channel: privateLab })
  expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce(`Said: ${question}`))
})

test('a file without a word is summarised', async () => {
  const { workspace, at, freshChannel, answers, waitForEnd } = scenario
  const channel = freshChannel()
  const { message } = await workspace.say({ user: alice, channel, text: at(''), files: [{ name: 'numbers.csv', content: 'a,b\n1,2' }] })
  await waitForEnd({ channel, ts: message.ts })
  const [answer] = answers(channel, message.ts)
  expect(answer && shownText(answer)).toContain('Summarise what was sent')
  expect(answer && isFinishedAnswer(answer)).toBe(true)
})
