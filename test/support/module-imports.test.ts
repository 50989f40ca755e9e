import { expect, test } from '@jest/globals'
import { readSpecifiers, resolveRelative } from './module-imports.ts'
import { maskSource } from './mask-source.ts'

test('every form of import is found', () => {
  const source = `
import first from './first.ts'
import { type A,
  b } from "./second.ts"
import type { C } from './third.ts'
import * as all from '@scope/all/deep.js'
import './effect.ts'
export { d } from './fourth.ts'
export * from './fifth.ts'
const lazy = await import('./sixth.ts')
type Inline = import('./seventh.ts').Inline
const old = require('eighth')
const where = import.meta.resolve('ninth')
`
  expect(readSpecifiers(source)).toEqual([
    './first.ts', './second.ts', './third.ts', '@scope/all/deep.js', './effect.ts', './fourth.ts', './fifth.ts', './sixth.ts',
    './seventh.ts', 'eighth', 'ninth',
  ])
})

test.each([
  ['a comment', "// import x from './no.ts'\n/* import './no.ts' */"],
  ['a string', `const text = "import x from './no.ts'"`],
  ['a template', "const text = `import x from './no.ts'`"],
  ['a pattern', "const pattern = /import x from '.\\/no.ts'/\nconst half = a / b"],
  ['an export that names no module', "export const from = 'here'\nexport { from }\nconst other = ['./no.ts']"],
  ['a file name of its own', 'const dir = import.meta.dirname'],
])('%s imports nothing', (_what, source) => {
  expect(readSpecifiers(source)).toEqual([])
})

test('code inside a template still counts, braces in it included', () => {
  const source = "const a = `x ${await import('./in.ts').then(({ b }) => `${b}`)} import './no.ts' `\nimport './after.ts'"
  expect(readSpecifiers(source)).toEqual(['./in.ts', './after.ts'])
})

test('a quote in a pattern or after an escape does not swallow what follows', () => {
  const source = "const a = /['\"`]/g\nconst b = 'it\\'s'\nconst c = text.split(/[/']/)\nimport './after.ts'"
  expect(readSpecifiers(source)).toEqual(['./after.ts'])
})

test('masking keeps length and line breaks', () => {
  const source = "const a = 'b' // c\nconst d = `e\n${f}`\n"
  expect(maskSource(source)).toBe("const a = ' '     \nconst d = ` \n${f}`\n")
})

test('relative specifiers resolve from their file; packages do not resolve', () => {
  expect(resolveRelative('src/app/main.ts', '../errors.ts')).toBe('src/errors.ts')
  expect(resolveRelative('src/app/main.ts', 'pg')).toBeUndefined()
})
