import { expect, test } from '@jest/globals'
import { readsEnvironment, readClasses, readEnums, readValueExports } from './code-shape.ts'

test('exported values are counted, and types are not', () => {
  const source = [
    'export interface Shape { a: number }',
    'export type Id = string',
    "export type { Other } from './other.ts'",
    'export const one = 1',
    'export async function two(): Promise<void> {}',
    'export class Three {}',
    'export default function four(): void {}',
    'const five = 5, six = 6',
    'export { five, six as seven, type Shape as Eight }',
    '// export const comment = 1',
  ].join('\n')
  expect(readValueExports(source)).toEqual(['one', 'two', 'Three', 'default', 'five', 'seven'])
})

test('public members are the names that others can reach', () => {
  const source = `
export class Pool<Key extends { id: string }> implements Closable {
  static readonly limit = 50
  readonly size: number
  #slots = new Map<string, { busy: boolean }>()
  private secret = 1
  constructor(size: number) {
    this.size = size
  }
  get busy(): number {
    return this.#slots.size
  }
  set busy(value: number) {}
  async take(key: Key, options: { wait: boolean } = { wait: true }): Promise<void> {
    if (options.wait) await this.#wait(key)
    return
  }
  give(key: Key): void
  give(
    key: Key | undefined,
  ): void {}
  readonly close = async (): Promise<void> => {
    this.#slots.clear()
  }
  async *each() {}
  async #wait(key: Key): Promise<void> {}
}
`
  expect(readClasses(source)).toEqual([
    { name: 'Pool', publicMembers: ['limit', 'size', 'busy', 'take', 'give', 'close', 'each'] },
  ])
})

test('enums are found, const ones too, and the word in text is not', () => {
  expect(readEnums("enum A { X }\nexport const enum B {}\nconst text = 'enum C {}'\n// enum D {}")).toEqual(['A', 'B'])
})

test.each([
  "const home = process.env['HOME']",
  "import { argv, env } from 'node:process'",
])('%s reads the environment', (source) => {
  expect(readsEnvironment(source)).toBe(true)
})

test.each([
  "// process.env is read in config\nconst a = 'process.env'",
  'process.exitCode = 1',
  "import { argv } from 'node:process'\nconst env = argv",
])('%s does not read the environment', (source) => {
  expect(readsEnvironment(source)).toBe(false)
})
