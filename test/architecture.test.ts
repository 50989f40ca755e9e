import { expect, test } from '@jest/globals'
import {
  forcedDoors,
  importCycles,
  median,
  misplacements,
  strayPackages,
  wrongDirections,
} from './support/architecture-rules.ts'
import { readClasses, readEnums, readsEnvironment, readValueExports } from './support/code-shape.ts'
import { readSources } from './support/source-tree.ts'

// STYLE of the project in numbers: where a file passes one, split it by concept.
const maxFileLines = 400
const maxMedianLines = 130
const maxPublicMembers = 15
const maxValueExports = 5

const code = ['ts', 'js', 'mjs', 'cjs']
const source = readSources(['src'])
const outside = readSources(['playground', 'bench'], code)
const all = [...source, ...outside, ...readSources(['test'], code)]

test('imports inside src run one way', () => {
  expect(source.flatMap(wrongDirections)).toEqual([])
})

test('no file imports itself in a circle, type-only imports included', () => {
  expect(importCycles(all)).toEqual([])
})

test('every import of our own names a file that exists', () => {
  const known = new Set([...all, ...readSources(['scripts'], code)].map((file) => file.path))
  const missing = [...source, ...outside].flatMap((file) =>
    file.files.filter((target) => /\.[cm]?[jt]s$/.test(target) && !known.has(target)).map((target) => `${file.path}: ${target}`),
  )
  expect(missing).toEqual([])
})

test('each outside library has one folder', () => {
  expect(source.flatMap(strayPackages)).toEqual([])
})

test('only the configuration reads the environment', () => {
  const readers = source.filter((file) => readsEnvironment(file.text)).map((file) => file.path)
  expect(readers.filter((path) => path !== 'src/app/config.ts')).toEqual([])
})

test('the playground comes in by the public door', () => {
  expect(outside.filter((file) => file.path.startsWith('playground/')).flatMap(forcedDoors)).toEqual([])
})

test('files lie and are called as agreed', () => {
  expect(all.flatMap((file) => misplacements(file.path))).toEqual([])
})

test(`no file has more than ${maxFileLines} lines`, () => {
  const files = readSources(['src', 'playground', 'bench'], [...code, 'css', 'html'])
  expect(files.filter((file) => file.lines > maxFileLines).map((file) => `${file.path}: ${file.lines}`)).toEqual([])
})

test(`half of the files of src have less than ${maxMedianLines} lines`, () => {
  expect(median(source.map((file) => file.lines))).toBeLessThan(maxMedianLines)
})

test(`no class has more than ${maxPublicMembers} public members`, () => {
  const wide = [...source, ...outside].flatMap((file) =>
    readClasses(file.text)
      .filter((shape) => shape.publicMembers.length > maxPublicMembers)
      .map((shape) => `${file.path}: ${shape.name} has ${shape.publicMembers.join(', ')}`),
  )
  expect(wide).toEqual([])
})

test(`no file exports more than ${maxValueExports} values`, () => {
  const wide = [...source, ...outside]
    .map((file) => ({ path: file.path, names: readValueExports(file.text) }))
    .filter(({ names }) => names.length > maxValueExports)
  expect(wide.map(({ path, names }) => `${path}: ${names.join(', ')}`)).toEqual([])
})

test('no source has an enum, which Node cannot run', () => {
  expect(all.flatMap((file) => readEnums(file.text).map((name) => `${file.path}: ${name}`))).toEqual([])
})
