import { describe, expect, test } from '@jest/globals'
import { readFeatures } from '../../../src/learning/router/request-features.ts'
import { meaningWith } from '../../../src/learning/router/meaning.ts'
import { learnVectors } from '../../../src/learning/router/own-vectors.ts'
import { commonWords, readCommonWords, writeCommonWords } from '../../../src/learning/words/common-words.ts'

const meaning = meaningWith(undefined)
const read = (text: string, by = meaning): { readonly numbers: Float32Array; readonly known: number } => {
  const numbers = new Float32Array(by.dimension)
  return { known: by.write(readFeatures(text).words, numbers), numbers }
}
const likeness = (one: string, other: string): number => {
  const [a, b] = [read(one).numbers, read(other).numbers]
  return a.reduce((sum, value, at) => sum + value * (b[at] as number), 0) / Math.hypot(...a) / Math.hypot(...b)
}

describe('what words mean at large', () => {
  test.each([
    ['please book me a flight to boston', 'reserve an airplane ticket', 'a recipe for chicken soup'],
    ['how much money is on my account', 'the balance at the bank', 'translate this into spanish'],
    ['my car makes a strange noise', 'the vehicle sounds odd', 'write a poem'],
    ['will it rain tomorrow', 'weather forecast', 'the invoice of the supplier'],
  ])('"%s" is nearer to "%s" than to "%s"', (request, alike, other) => {
    expect(likeness(request, alike)).toBeGreaterThan(likeness(request, other) + 0.1)
  })

  test('what is said to anybody means nothing, and a text of another language counts little', () => {
    expect(read('could you please do that for me')).toEqual({ known: 0, numbers: new Float32Array(meaning.dimension) })
    expect(read('').known).toBe(0)
    expect(read('please show the revenue of last month').known).toBe(1)
    expect(read('Bitte zeigen Sie mir die Rechnungen des vergangenen Monats').known).toBeLessThan(0.4)
  })

  test('stands beside what words mean in a workspace, whose own words it does not know', () => {
    const texts = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? `qxflow deploys pipeline ${at}` : `zorp pays salaries ${at}`))
    const both = meaningWith(learnVectors(texts.map((text) => readFeatures(text).words)))
    expect(both.dimension).toBeGreaterThan(meaning.dimension)
    const { known, numbers } = read('the qxflow pipeline', both)
    expect(known).toBeGreaterThan(0.3)
    expect(Math.hypot(...numbers) ** 2).toBeCloseTo(known, 3)
    expect(read('qxflow').known).toBe(0)
    expect(read('qxflow', both).known).toBeGreaterThan(0)
  })
})

describe('the file of words', () => {
  test('holds eight thousand words, each known by its place', () => {
    const { rowOf, vectors, shares, dimension } = commonWords()
    expect([rowOf.size, shares.length, vectors.length / dimension]).toEqual([8_000, 8_000, 8_000])
  })

  test('is read as it was written', () => {
    const written = readCommonWords(writeCommonWords({ words: ['one', 'zwölf'], shares: [0, 1], dimension: 2, vectors: [[1, 0], [-0.6, 0.8]] }))
    expect({ ...written, rowOf: [...written.rowOf] }).toEqual({ dimension: 2, rowOf: [['one', 0], ['zwölf', 1]], vectors: Int8Array.of(127, 0, -76, 102), shares: Float32Array.of(0, 1) })
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['half of it', writeCommonWords({ words: ['one', 'two'], shares: [1, 1], dimension: 2, vectors: [[1, 0], [0, 1]] }).subarray(0, 14)],
  ])('is refused when there is %s', (_what, bytes) => {
    expect(() => readCommonWords(bytes)).toThrow(/word vectors/)
  })
})
