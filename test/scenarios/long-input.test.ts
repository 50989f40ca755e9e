import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { StoredMessage } from '../../playground/workspace/stored-message.ts'
import { projectRoot } from '../support/source-tree.ts'
import { isAnswerCall } from './script-model.ts'
import { shownText, squeeze } from './shown-text.ts'
import { alice, isFinishedAnswer, startScenario, type Asked, type Scenario } from './start-scenario.ts'

const fixture = (name: string): Buffer => readFileSync(join(projectRoot, 'test/fixtures/files', name))
const chapter = fixture('pride-and-prejudice.txt').toString('utf8')
const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '')

let scenario: Scenario
beforeAll(async () => {
  // With an embedding model, so that what is paid for is counted.
  scenario = await startScenario({ environment: { MURMUR_CONFIG_DIR: join(projectRoot, 'config') } })
})
afterEach(() => {
  scenario.workspace.faults.clear()
  scenario.model.release()
})
afterAll(() => scenario.close())

const thread = ({ channel, ts }: Asked): StoredMessage[] => scenario.answers(channel, ts)
const filesIn = (asked: Asked): number => thread(asked).filter(({ files }) => (files ?? []).length > 0).length
const answersIn = (asked: Asked): number => thread(asked).filter(isFinishedAnswer).length
const isEmbedding = (body: Readonly<Record<string, unknown>>): boolean => body['input'] !== undefined
const quotesOf = (text: string): string[] => [...text.matchAll(/“([^”]+)” \[p\d+\]/g)].map(([, quoted = '']) => quoted)
/** How often the passage that holds these words was embedded and answered. */
const embeddedTimes = (words: string): number =>
  scenario.model.requests().filter(({ kind, status, finished, body }) => kind === 'embeddings' && finished && status === 200 && JSON.stringify(body['input']).includes(words)).length

test('a pasted chapter is shown as one file and answered with quotes whose references lead to real passages', async () => {
  const asked = await scenario.ask(`Who has taken Netherfield Park?\n\n${chapter}`)
  const text = shownText(await scenario.waitForAnswer(asked.channel, asked.ts))
  const quotes = quotesOf(text)
  expect(quotes.length).toBeGreaterThan(0)
  for (const quoted of quotes) expect(lettersOf(chapter)).toContain(lettersOf(quoted))
  expect(squeeze(text)).toMatch(/Sources\W+\[p\d+\] text-/)
  expect(text).not.toContain('not word for word')
  expect(filesIn(asked)).toBe(1)
})

test('a question that follows in the thread finds the document', async () => {
  const asked = await scenario.ask(`What is Kitty scolded for?\n\n${chapter}`)
  const first = await scenario.waitForAnswer(asked.channel, asked.ts)
  await scenario.ask('And which attachment of Mr. Bennet to his daughter Lizzy does the document show?', { channel: asked.channel, threadTs: asked.ts })
  const next = shownText(await scenario.waitForAnswer(asked.channel, asked.ts, first.ts))
  expect(quotesOf(next).length).toBeGreaterThan(0)
  expect(filesIn(asked)).toBe(1)
})

test('files of a message are read from Slack and quoted; what cannot be read is named', async () => {
  const { workspace, at, freshChannel } = scenario
  const channel = freshChannel()
  const files = [{ name: 'lighthouse.pdf', content: fixture('lighthouse.pdf') }, { name: 'run.pdf', content: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]) }]
  const { message } = await workspace.say({ user: alice, channel, text: at('When was the lighthouse lit, says the attached file?'), files })
  const text = shownText(await scenario.waitForAnswer(channel, message.ts))
  expect(text).toContain('1 February 1844')
  expect(text).toContain('lighthouse.pdf')
  expect(thread({ channel, ts: message.ts }).map(shownText).join('\n')).toContain('I could not read *run.pdf*')
})

describe('kill -9', () => {
  async function survives(asked: Asked): Promise<number[]> {
    await scenario.kill()
    scenario.model.release()
    scenario.workspace.faults.clear()
    await scenario.start()
    await scenario.waitForAnswer(asked.channel, asked.ts)
    return [filesIn(asked), answersIn(asked)]
  }

  test.each([
    ['before the upload', 'files.getUploadURLExternal', false],
    ['after the share, before its answer', 'files.completeUploadExternal', true],
  ])('%s leaves one file and one answer', async (_, method, afterEffect) => {
    const { workspace, ask } = scenario
    workspace.faults.add({ method, kind: 'hang', afterEffect })
    const before = workspace.calls(method).length
    const asked = await ask(`Who coughs?\n\n${chapter}`)
    await workspace.waitFor('a call to hang', () => workspace.calls(method).slice(before).some(({ error }) => error === 'hang'))
    expect(await survives(asked)).toEqual([1, 1])
  })

  test.each([
    ['while embedding', 'Zanzibar', isEmbedding],
    ['while answering', 'Samarkand', isAnswerCall],
  ])('%s pays for no finished embedding again', async (_, word, match) => {
    const { model, ask } = scenario
    model.hold({ match })
    const asked = await ask(`Who coughs?\n\n${chapter}\n\nShe never saw ${word} again.`)
    await model.waitFor('a held call', () => model.held === 1)
    expect(await survives(asked)).toEqual([1, 1])
    expect(embeddedTimes(`She never saw ${word} again`)).toBe(1)
  })
})
