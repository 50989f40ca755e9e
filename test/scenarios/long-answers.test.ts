import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { scriptAnswers } from './script-model.ts'
import { shownText } from './shown-text.ts'
import { isFinishedAnswer, startScenario, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())

const slackLimit = 12_000
/** As long as a model is let speak: 4,000 tokens, which are three bytes a character here. */
const longest = 15_900

const tableHead = '| Number | What |\n|---|---|\n'

const numbered = (line: (index: number) => string): string => {
  let text = ''
  for (let index = 1; text.length + line(index).length < longest; index++) text += line(index)
  return text.trimEnd()
}

const cases: readonly (readonly [string, string])[] = [
  ['sentences', numbered((index) => `This is sentence #${index}# of many. `)],
  ['paragraphs in Chinese, of 45,000 bytes', numbered((index) => `这是第 #${index}# 段，很长的一段话，需要分成几条消息。\n\n`)],
  ['one line without a blank', numbered((index) => `#${index}#字字字字字字字字字字`)],
  ['code', `Here it is:\n\n\`\`\`ts\n${numbered((index) => `const line = '#${index}#'\n`)}\n\`\`\``.slice(0, longest)],
  ['a table', `${tableHead}${numbered((index) => `| #${index}# | a cell with some words |\n`)}`.slice(0, longest - 40)],
  ['a list with headings', numbered((index) => `${index % 50 === 1 ? `\n## Part ${index}\n\n` : ''}- item #${index}# of the list\n`)],
]

/** The marks #1#, #2# ... in the order in which the thread shows them. */
const marks = (text: string): number[] => [...text.matchAll(/#(\d+)#/g)].map(([, number]) => Number(number))

test.each(cases)('a very long answer of %s is shown completely, in order, over as many messages as it needs', async (_name, text) => {
  const { workspace, model, ask, answers, waitForEnd } = scenario
  scriptAnswers(model, text)
  for (const streams of [true, false]) {
    if (!streams) workspace.faults.add({ method: 'chat.startStream', kind: 'error', error: 'not_allowed' })
    const { channel, ts } = await ask('Well, and now? Say all of it.')
    await waitForEnd({ channel, ts })
    const messages = answers(channel, ts)
    const shown = messages.map(shownText)
    expect(marks(shown.join('\n'))).toEqual(marks(text))
    for (const part of shown) {
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(slackLimit)
      expect(part.match(/^```/gm)?.length ?? 0).toBe(text.includes('```') ? 2 : 0)
      expect(part.startsWith(tableHead)).toBe(text.startsWith(tableHead))
    }
    expect(messages.map(isFinishedAnswer)).toEqual(messages.map((_, index) => index === messages.length - 1))
  }
})
