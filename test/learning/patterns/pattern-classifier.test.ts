import { expect, test } from '@jest/globals'
import { PatternClassifier } from '../../../src/learning/patterns/pattern-classifier.ts'
import { readPatternFeatures } from '../../../src/learning/patterns/pattern-space.ts'

const kinds: Readonly<Record<string, readonly string[]>> = {
  leave: ['how many days off do I have left', 'tell me my remaining vacation days', 'what is my holiday balance', 'count the vacation I still have'],
  booking: ['book two weeks of vacation in June', 'I want to take days off next month', 'please request a holiday for Friday', 'put in leave for the summer'],
  minutes: ['write up what we said in the meeting', 'minutes of the call please', 'summarise the discussion from the stand-up', 'take notes of our meeting'],
}
const shown = (kind: string, texts = kinds[kind] ?? []) => texts.map((text) => ({ runId: text, features: readPatternFeatures(text) }))
const taught = (order = Object.keys(kinds)): PatternClassifier => {
  const classifier = new PatternClassifier()
  for (const kind of order) classifier.put(kind, shown(kind))
  for (let time = 0; time < 3; time++) classifier.review(0, Infinity)
  return classifier
}
const ask = (classifier: PatternClassifier, text: string) => classifier.classify(readPatternFeatures(text))

test('it learns which words tell kinds apart that share most of theirs', () => {
  const classifier = taught()
  expect(ask(classifier, 'how much vacation do I have left')?.patternId).toBe('leave')
  expect(ask(classifier, 'book a week of vacation please')?.patternId).toBe('booking')
  expect(ask(classifier, 'notes of the discussion in the call')?.patternId).toBe('minutes')
})

test('what has nothing of any kind has odds against it', () => {
  const classifier = taught()
  expect(ask(classifier, 'how many days off do I have left')?.odds).toBeGreaterThan(0)
  expect(ask(classifier, 'reset the wifi router')?.odds).toBeLessThan(0)
  expect(ask(classifier, '')?.odds).toBeLessThan(0)
  expect(ask(new PatternClassifier(), 'anything')).toBeUndefined()
})

test('examples are replaced, and a forgotten pattern makes room for the next', () => {
  const classifier = taught()
  classifier.put('leave', shown('leave', ['reset the wifi router', 'the router needs a restart', 'restart the wifi']))
  expect(ask(classifier, 'restart the router')?.patternId).toBe('leave')
  classifier.put('minutes', [])
  expect(ask(classifier, 'minutes of the call please')?.patternId).not.toBe('minutes')
  classifier.put('new', shown('minutes'))
  expect(ask(classifier, 'minutes of the call please')).toMatchObject({ patternId: 'new' })
  classifier.put('never seen', [])
})

test('the same examples in the same order give the same odds, one by one as well as many at once', () => {
  const texts = ['how much vacation do I have left', 'book a week of vacation please']
  expect(texts.map((text) => ask(taught(), text))).toEqual(texts.map((text) => ask(taught(), text)))
  const oneByOne = new PatternClassifier()
  for (const kind of Object.keys(kinds)) for (let at = 1; at <= 4; at++) oneByOne.put(kind, shown(kind).slice(0, at))
  expect(texts.map((text) => ask(oneByOne, text)?.patternId)).toEqual(['leave', 'booking'])
})

test('words lean to the kind that they tell', () => {
  const classifier = taught()
  const leaning = (word: string, kind: string) => classifier.leaningOf(readPatternFeatures(word), kind)
  expect(leaning('minutes', 'minutes')).toBeGreaterThan(leaning('minutes', 'leave'))
  expect(leaning('minutes', 'nobody')).toBe(0)
})
