import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { ChatRequest } from '../../../src/agents/chat-model.ts'
import { countTokens } from '../../../src/agents/count-tokens.ts'
import { MurmurError } from '../../../src/errors.ts'
import type { RequestFile } from '../../../src/storage/records.ts'
import { projectRoot } from '../../support/source-tree.ts'
import { openRunnerWorld, type RunnerWorld } from '../runner-world.ts'

const fixture = (name: string): Buffer => readFileSync(join(projectRoot, 'test/fixtures/files', name))
const chapter = fixture('pride-and-prejudice.txt').toString('utf8')
const aFile = (name: string, over: Partial<RequestFile> = {}): RequestFile => ({ id: `F-${name}`, name, mimeType: 'application/octet-stream', sizeBytes: 1, ...over })
/** A text that no prompt has room for; its needle stands in the middle. */
const large = `${'The gulls circled above the grey roofs of the old town. Nobody counted them any more.\n\n'.repeat(6_000)}The lighthouse keeper hid the silver key under the third step.\n\n${'Rain fell on the quay, and the nets hung empty between the masts.\n\n'.repeat(6_000)}`

let open: RunnerWorld | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})
const start = async (...setUp: Parameters<typeof openRunnerWorld>): Promise<RunnerWorld> => (open = await openRunnerWorld(...setUp))
const said = (request: ChatRequest | undefined): string => (request?.messages ?? []).map(({ content }) => content).join('\n')

describe('a long text', () => {
  test('is shown as a file, stands in the prompt in numbered passages, and real references are listed with their place', async () => {
    const answer = 'She says “You have no compassion on my poor nerves.” [p1] and he “I adore your nerves above all things on earth.” [p2] [p77], so there [p1, p99].'
    const { submit, attempt, runOf, thread, model } = await start([{ text: answer }])
    const runId = await submit({ text: `What do they say about nerves?\n\n${chapter}` })
    expect(await attempt()).toMatchObject({ result: { kind: 'ended' } })
    expect(thread.files).toMatchObject([{ stepKey: 'document:text', file: { mimeType: 'text/plain' } }])
    expect(Buffer.from(thread.files[0]?.file.bytes ?? []).toString()).toContain(chapter)
    expect(said(model.requests[0])).toMatch(/\[p2\] [^]*\[p3\] /)
    expect(model.requests[0]?.messages.at(-1)?.content).toContain('What do they say about nerves?')
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(expect.arrayContaining(['search_document', 'read_passage']))
    const text = (await runOf(runId)).answer ?? ''
    expect(text).not.toMatch(/p77|p99/)
    expect(text).toContain('so there [p1].')
    expect(text).toMatch(/above all things on earth.” \[p2\] \(not word for word\)/)
    expect(text).toMatch(/\*\*Sources\*\*\n- \[p1\] text-\w{6}\.txt[^\n]*: “What do they say about nerves\?/)
    expect(thread.answers[0]?.text).toBe(text)
  })

  test('that no prompt has room for is looked up, and the prompts stay within the window', async () => {
    const call = (name: string, input: object) => ({ toolCalls: [{ name, argumentsJson: JSON.stringify(input) }] })
    const { submit, attempt, runOf, model } = await start([call('search_document', { query: 'where is the silver key of the lighthouse keeper' }), call('read_passage', { passage: 3, count: 2 }), call('read_passage', { passage: 99_999 }), { text: 'Under the third step.' }])
    const runId = await submit({ text: `Where is the key?\n\n${large}` })
    await attempt()
    expect((await runOf(runId)).answer).toBe('Under the third step.')
    const results = (model.requests.at(-1)?.messages ?? []).filter(({ role }) => role === 'tool').map(({ content }) => content)
    expect(results[0]).toContain('hid the silver key under the third step')
    expect(results[1]).toMatch(/\[p3\][^]*\[p4\]/)
    expect(results[2]).toMatch(/^Error: There is no passage p99999/)
    for (const request of model.requests) expect(await countTokens(said(request))).toBeLessThan(40_000)
    expect(said(model.requests[0]).length).toBeLessThan(20_000)
  })

  test('is taken in once over restarts, and found by a later run of the thread', async () => {
    const down = new MurmurError('MUR_STORE_DOWN', { reason: 'gone' })
    const { submit, attempt, clock, runOf, thread, model, deps } = await start([{ error: down }, { text: 'It is Mr. Bingley. [p1]' }, { text: 'Mrs. Long told her. [p1]' }])
    const runId = await submit({ text: `Who took Netherfield?\n\n${chapter}` })
    expect(await attempt()).toMatchObject({ result: { kind: 'retry' } })
    clock.advance(60_000)
    expect(await attempt()).toMatchObject({ result: { kind: 'ended' } })
    expect(await deps.documents?.store.listThread({ workspaceId: (await runOf(runId)).workspaceId, channelId: 'C1', threadId: '1.1', runId })).toHaveLength(1)
    thread.history = []
    const next = await submit({ text: 'And who told her?', isReply: true })
    await attempt()
    expect(said(model.requests.at(-1))).toContain('Mrs. Long has just been here')
    expect((await runOf(next)).answer).toContain('**Sources**\n- [p1]')
    const elsewhere = await submit({ text: 'And who told her?', isReply: true, threadId: '9.9', messageId: '9.9' })
    await attempt()
    expect(said(model.requests.at(-1))).not.toContain('Mrs. Long')
    expect(elsewhere).toBeDefined()
  })

  test('that is dear asks first, and nothing is embedded before', async () => {
    const remembered: number[] = []
    const memory = { isFree: async () => true, embed: async () => [], priceOf: async () => undefined, recall: async () => [], remember: async (_: unknown, notes: readonly unknown[]) => void remembered.push(notes.length) }
    const { submit, attempt, runOf, thread, approve } = await start([{ text: 'Read.' }], { confirmAboveMicroUsd: 1 })
    const runId = await submit({ text: `Sum it up.\n\n${chapter}` })
    await attempt({ memory })
    expect((await runOf(runId)).status).toBe('waiting')
    expect(thread.asked[0]?.question).toContain('This input of about')
    expect(remembered).toEqual([])
    await approve(await runOf(runId), 'U1')
    await attempt({ memory })
    expect((await runOf(runId)).answer).toBe('Read.')
    expect(remembered).toHaveLength(1)
  })
})

describe('files', () => {
  test('of every kind become passages with their names; several at once', async () => {
    const names = ['notes.txt', 'guide.md', 'catch.csv', 'fleet.json', 'page.html', 'lighthouse.pdf', 'ferry-rules.docx']
    const { submit, attempt, thread, model } = await start([{ text: 'All read.' }])
    for (const name of names) thread.sent.set(`F-${name}`, fixture(name))
    await submit({ text: 'Plan the week from these files', files: names.map((name) => aFile(name)) })
    await attempt()
    for (const says of ['31 tons', 'Berth nine', 'Clara,mackerel,210', '"built": 1934', 'mole is closed', '1 February 1844', 'one parrot']) expect(said(model.requests[0])).toContain(says)
    expect(said(model.requests[0])).toMatch(/"ferry-rules.docx" \(docx, about \d+ tokens, p\d+\), whole:/)
    expect(thread.files).toEqual([])
  })

  test('without a word are summarised', async () => {
    const { submit, attempt, thread, model } = await start([{ text: 'It is about a crane. [p1]' }])
    thread.sent.set('F-notes.txt', fixture('notes.txt'))
    await submit({ text: '', files: [aFile('notes.txt')] })
    await attempt()
    expect(model.requests[0]?.messages.at(-1)?.content).toContain('Summarise what was sent')
    expect(thread.answers[0]?.text).toContain('**Sources**\n- [p1] notes.txt')
  })

  test('that cannot be read are named, to the person and to the agent; alone they get a sentence and no model', async () => {
    const { submit, attempt, thread, model } = await start([{ text: 'Without the program.' }])
    thread.sent.set('F-run.txt', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]))
    await submit({ text: 'Plan the week from this', files: [aFile('run.txt'), aFile('gone.pdf')] })
    await attempt()
    expect(thread.posts.map(({ text }) => text).join()).toMatch(/I could not read \*run\.txt\*: .*none of these[^]*\*gone\.pdf\*: Slack does not let me have it \(file_not_found\)/)
    expect(model.requests[0]?.messages.at(-1)?.content).toContain('could not be read')
    await submit({ text: '', files: [aFile('run.txt')] })
    await attempt()
    expect(model.requests).toHaveLength(1)
    expect(thread.answers.at(-1)?.text).toContain('There is nothing here that I can read.')
  })

  test('pictures are looked at by a model that can, and said to be unseen where none can', async () => {
    const { submit, attempt, thread, model, deps } = await start([{ text: 'A blue flag.' }, { text: 'The flag is blue. [p1]' }, { text: 'I cannot see it.' }])
    thread.sent.set('F-flag.png', fixture('flag.png'))
    await submit({ text: 'Plan the colours after this flag', files: [aFile('flag.png')] })
    await attempt({ vision: deps.main })
    expect(model.requests[0]?.messages.at(-1)).toMatchObject({ role: 'user', images: [{ mimeType: 'image/png', base64: fixture('flag.png').toString('base64') }] })
    expect(said(model.requests[1])).toContain('A blue flag.')
    expect(thread.answers[0]?.text).toContain('- [p1] flag.png')
    await submit({ text: 'Plan the colours after this flag', files: [aFile('flag.png')], threadId: '2.2' })
    await attempt()
    expect(thread.posts.at(-1)?.text).toContain('none of the models here can look at pictures')
  })
})
