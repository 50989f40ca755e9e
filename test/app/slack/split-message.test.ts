import { describe, expect, test } from '@jest/globals'
import { byteLength, cutAt, splitMessage, takePart } from '../../../src/app/slack/split-message.ts'
import { joinAtRandom, seededRandom } from './pieces.ts'
import { workOf } from '../../support/work-of.ts'

const words = (count: number): string => Array.from({ length: count }, (_, index) => `word${index}`).join(' ')

/** Everything but blanks, fences and the headers that a split repeats. */
const essence = (text: string): string => text.replace(/\s+/g, '')

describe('splitMessage', () => {
  test('leaves a short text whole', () => {
    expect(splitMessage('hello', { limitBytes: 400 })).toEqual(['hello'])
    expect(splitMessage('', { limitBytes: 400 })).toEqual([''])
  })

  test('prefers a blank line to a line, a line to a sentence, a sentence to a word', () => {
    const first = words(40)
    expect(splitMessage(`${first}\n\nsecond\nthird. Fourth ${words(30)}`, { limitBytes: 400 })[0]).toBe(first)
    expect(splitMessage(`${first}\nthird. Fourth ${words(30)}`, { limitBytes: 400 })[0]).toBe(first)
    expect(splitMessage(`${first}. Fourth ${words(30)}`, { limitBytes: 400 })[0]).toBe(`${first}.`)
    expect(splitMessage(words(100), { limitBytes: 400 })[0]).toMatch(/ word\d+$/)
  })

  test('closes a cut code fence and opens it again in the same language', () => {
    const code = Array.from({ length: 40 }, (_, index) => `const value${index} = ${index}`).join('\n')
    const parts = splitMessage(`Intro\n\n\`\`\`ts\n${code}\n\`\`\`\nend`, { limitBytes: 400 })
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) {
      expect(part.match(/^```/gm)?.length ?? 0).toBe(part.includes('const') ? 2 : 0)
      expect(byteLength(part)).toBeLessThanOrEqual(400)
    }
    expect(parts[1]).toMatch(/^```ts\nconst/)
    expect(parts.join('\n').match(/const value\d+ = \d+/g)).toEqual(code.split('\n'))
  })

  test('keeps quoted fences quoted', () => {
    const code = Array.from({ length: 40 }, (_, index) => `> line ${index}`).join('\n')
    const parts = splitMessage(`> \`\`\`\n${code}\n> \`\`\``, { limitBytes: 400 })
    expect(parts[0]).toMatch(/\n> ```$/)
    expect(parts[1]).toMatch(/^> ```\n> line/)
  })

  test('repeats the header of a table', () => {
    const rows = Array.from({ length: 40 }, (_, index) => `| row ${index} | ${index} |`)
    const parts = splitMessage(['| Name | Count |', '|---|---:|', ...rows].join('\n'), { limitBytes: 400 })
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) expect(part).toMatch(/^\| Name \| Count \|\n\|---\|---:\|\n\| row/)
    expect(parts.join('\n').match(/row \d+/g)).toHaveLength(40)
  })

  test('never cuts a link in two when it can cut before it', () => {
    const parts = splitMessage(`${words(46)} [some link words](https://example.com/a/long/path) ${words(40)}`, {
      limitBytes: 400,
    })
    expect(
      parts.filter((part) => /\[some link words\]\(https:\/\/example.com\/a\/long\/path\)/.test(part)),
    ).toHaveLength(1)
  })

  test('cuts an endless word, but no character of it', () => {
    for (const letter of ['😀', '中', 'é', 'x']) {
      const parts = splitMessage(letter.repeat(1_000), { limitBytes: 401 })
      expect(parts.join('')).toBe(letter.repeat(1_000))
      for (const part of parts) {
        expect(part.isWellFormed()).toBe(true)
        expect(byteLength(part)).toBeLessThanOrEqual(401)
      }
    }
  })

  test('stops after the last part allowed and says so', () => {
    const parts = splitMessage(words(50_000), { limitBytes: 1_000, maxParts: 3 })
    expect(parts).toHaveLength(3)
    expect(parts[2]).toMatch(/_This is not the whole text: .*_$/)
    expect(byteLength(parts[2] ?? '')).toBeLessThanOrEqual(1_000)
    expect(parts[1]).not.toMatch(/not the whole text/)
  })

  test('starts a new message before Slack would make too many blocks of one', () => {
    const text = Array.from({ length: 45 }, (_, index) => `## Heading ${index}\ntext`).join('\n')
    const parts = splitMessage(text, { limitBytes: 9_000 })
    expect(parts).toHaveLength(3)
    for (const part of parts) expect(part.match(/^## /gm)?.length).toBeLessThanOrEqual(20)
  })

  test('keeps every character in order, within the limit, with fences in pairs, whatever the text', () => {
    const random = seededRandom(3)
    const fragments = [
      'word ',
      'sentence. ',
      '\n',
      '\n\n',
      '- item\n',
      '```js\n',
      '\n```\n',
      '> ',
      '| a | b |\n',
      '|---|---|\n',
      '中文字',
      '😀😀',
      '[x](https://example.com) ',
      '# H\n',
      'x'.repeat(90),
    ]
    for (let round = 0; round < 400; round++) {
      const text = joinAtRandom(fragments, 20 + Math.floor(random() * 300), random)
      const parts = splitMessage(text, { limitBytes: 600, maxParts: 1_000 })
      for (const part of parts) {
        expect(byteLength(part)).toBeLessThanOrEqual(600)
        expect(part.isWellFormed()).toBe(true)
      }
      // Repeated fences and headers are the only additions, so the text is found in the parts in order.
      expect(isSubsequence(essence(text), essence(parts.join('')))).toBe(true)
    }
  })
})

function isSubsequence(inner: string, outer: string): boolean {
  let at = 0
  for (const sign of outer) if (inner.startsWith(sign, at)) at += sign.length
  return at >= inner.length
}

test.each(['\n', ' ', '| ', '|-', '```\n', '> ', '- ', '# a\n', '[', '. '])(
  'stays quick on 200,000 characters of %j',
  async (piece) => {
    expect(await workOf(() => splitMessage(`|-${piece.repeat(200_000 / piece.length)}x`, { limitBytes: 11_000 }))).toBeLessThan(10_000)
  },
)

describe('takePart', () => {
  test('keeps at least what was already shown', () => {
    const text = `${words(20)}\n\n${words(100)}`
    const shown = `${words(20)}\n\n${words(12)}`
    const { part, rest } = takePart(text, 400, shown.length)
    expect(part.startsWith(shown)).toBe(true)
    expect(essence(part + rest)).toBe(essence(text))
  })

  test('ends a part where it is told, with its fence closed', () => {
    const text = 'a\n```js\nlet x = 1\nlet y = 2'
    const split = cutAt(text, 'a\n```js\nlet x = 1\n'.length)
    expect(split).toEqual({ part: 'a\n```js\nlet x = 1\n```', carry: '```js\n', rest: 'let y = 2' })
  })
})
