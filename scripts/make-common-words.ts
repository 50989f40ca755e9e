// Makes src/learning/words/common-words.bin from the requests of HWU64, BANKING77 and ToolE (src/learning/words/LICENSES.md), which lie where
// bench:learning looks for its data. CLINC150 and WorkBench, by which learning is judged, have no part in it.
import { writeFileSync } from 'node:fs'
import { readDataSet, usualData } from '../bench/learning/requests.ts'
import { learnVectors } from '../src/learning/router/own-vectors.ts'
import { readFeatures } from '../src/learning/router/request-features.ts'
import { writeCommonWords } from '../src/learning/words/common-words.ts'

const sources = ['hwu64', 'banking77', 'toole']
/** What people say to whomever they ask, whatever they ask for. */
const emptyWords = new Set(
  `a an the i me my mine we our us you your yours he him his she her it its they them their this that these those what whats which who whom whose when where why how
  is am are was were be been being do does did doing done have has had having can could will would shall should may might must of at by for with about to from in on off
  out up down if or and but so as than then there here not no yes please tell know let need want like get give help im ive id ill youre dont doesnt didnt isnt arent cant
  wont couldnt wouldnt some any all just now today`.split(/\s+/),
)
/** Of the numbers that are learnt for a word, the strongest so many. */
const dimension = 96

const texts = sources.flatMap((name) => {
  const set = readDataSet(usualData(), name)
  if (!set) throw new Error(`Wanted ${name}-dev.jsonl in ${usualData()}, found none; name the folder by MURMUR_LEARNING_DATA.`)
  return set.learn.map(({ text }) => text)
})
const learnt = learnVectors(texts.map((text) => readFeatures(text).words))
const rows = [...learnt.rowOf.values()].map((row) => [...learnt.vectors.subarray(row * learnt.dimension, row * learnt.dimension + dimension)])
const lengths = rows.map((row) => Math.hypot(...row))
// What a long row says more goes into what its word counts, as all rows of the file are as long.
const words = [...learnt.rowOf.keys()]
const shares = words.map((word, row) => (emptyWords.has(word) ? 0 : (learnt.shares[row] as number) * (lengths[row] as number)))
const most = shares.reduce((a, b) => Math.max(a, b), 0)
const bytes = writeCommonWords({
  words,
  shares: shares.map((share) => share / most),
  dimension,
  vectors: rows.map((row, at) => row.map((value) => value / ((lengths[at] as number) || 1))),
})
writeFileSync(new URL('../src/learning/words/common-words.bin', import.meta.url), bytes)
console.log(`${texts.length} requests, ${rows.length} words of ${dimension} numbers, ${bytes.length} bytes.`)
