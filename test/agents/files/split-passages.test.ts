import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { outlineOf } from '../../../src/agents/files/outline.ts'
import { passageChars, splitPassages } from '../../../src/agents/files/split-passages.ts'
import { pickNumber, seededRandom } from '../../fakes/seeded-random.ts'
import { projectRoot } from '../../support/source-tree.ts'

const chapter = readFileSync(join(projectRoot, 'test/fixtures/files/pride-and-prejudice.txt'), 'utf8')
const visible = (text: string): string => text.replaceAll(/\s+/g, '')

/** What the passages hold, what overlaps once. */
function covered(text: string, passages: Awaited<ReturnType<typeof splitPassages>>): string {
  let end = 0
  let all = ''
  for (const passage of passages) {
    all += text.slice(Math.max(end, passage.start), passage.end)
    end = Math.max(end, passage.end)
  }
  return all
}

function aText(random: () => number): string {
  const words = ['word', 'word', 'sea.', 'Größe', '量子計算', '🙂🚢', '\n\n', '\n', '  ', '# Title\n', '\n\nCHAPTER IV.\n\n', 'x'.repeat(3_000), 'a,b;c\n']
  return Array.from({ length: pickNumber(random, 3_000) }, () => words[pickNumber(random, words.length)] ?? '').join(random() < 0.5 ? ' ' : '')
}

test('passages hold all of any text, in order and within their length', async () => {
  const random = seededRandom(7)
  const texts = ['word '.repeat(20_000), 'a'.repeat(100_000), '\n\n'.repeat(5_000), chapter, ...Array.from({ length: 30 }, () => aText(random))]
  for (const text of texts) {
    const passages = await splitPassages(text)
    expect(visible(covered(text, passages))).toBe(visible(text))
    expect(passages.every(({ start, end }) => start < end && end - start <= passageChars)).toBe(true)
    expect(passages.map(({ start }) => start)).toEqual(passages.map(({ start }) => start).toSorted((a, b) => a - b))
  }
})

test('headings begin passages and name them, and the outline leads to them', async () => {
  const passages = await splitPassages(chapter)
  expect([...new Set(passages.map(({ heading }) => heading))]).toEqual(['CHAPTER I.', 'CHAPTER II.'])
  const second = passages.findIndex(({ heading }) => heading === 'CHAPTER II.')
  expect(chapter.slice(passages[second]?.start)).toMatch(/^CHAPTER II\./)
  const guide = `# One\n\n${'Rain. '.repeat(60)}\n\n# Two\n\n${'Snow. '.repeat(60)}\n\n# Three\n\n${'Wind. '.repeat(60)}`
  expect(outlineOf(guide, await splitPassages(guide), 12)).toBe('[p12] One\n[p13] Two\n[p14] Three')
  expect(outlineOf(chapter, passages, 1)).toMatch(/^\[p1\] CHAPTER I\. It is a truth/)
  expect(outlineOf('word '.repeat(200_000), await splitPassages('word '.repeat(200_000)), 1).length).toBeLessThanOrEqual(4_000)
})
