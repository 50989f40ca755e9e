import type { SourceFile } from './source-tree.ts'

/** The chain of folders below `src`: each may import itself and what stands to its right. */
export const chain = ['app', 'commands', 'orchestration', 'learning', 'agents', 'storage'] as const

/** The one file of ours that all may import, and that imports none of ours. */
export const sharedFile = 'src/errors.ts'

/** The one file of `src` that the playground may import. */
export const publicDoor = 'src/app/create-murmur.ts'

/** Which folders of `src` may import which packages; a package not named here is open to all. */
const homes: readonly { packages: RegExp; folders: readonly string[] }[] = [
  { packages: /^@slack\//, folders: ['app', 'commands'] },
  { packages: /^(?:langchain|openai|@langchain\/[^/]+)(?:\/|$)/, folders: ['agents'] },
  { packages: /^(?:kysely|pg|bullmq|ioredis|chromadb)(?:\/|$)|^node:sqlite$/, folders: ['storage'] },
]

const forbiddenNames = new Set('util utils helper helpers common type types manager service base internals'.split(' '))

/** Imports inside `src` that run against the chain, leave `src`, or give the shared file something to import. */
export function wrongDirections(file: SourceFile): string[] {
  const from = rank(file.path)
  return file.files
    .filter((target) => target !== sharedFile && !(from !== undefined && (rank(target) ?? -1) >= from))
    .map((target) => `${file.path} must not import ${target}`)
}

/** Packages that a file of `src` imports outside their one home. */
export function strayPackages(file: SourceFile): string[] {
  const folder = file.path.split('/')[1] ?? ''
  return file.packages
    .filter((name) => homes.some((home) => home.packages.test(name) && !home.folders.includes(folder)))
    .map((name) => `${file.path} must not import ${name}`)
}

/** Imports of `src` that a file outside it makes past the public door. */
export function forcedDoors(file: SourceFile): string[] {
  return file.files
    .filter((target) => target.startsWith('src/') && target !== publicDoor)
    .map((target) => `${file.path} must import ${publicDoor} instead of ${target}`)
}

/** Groups of files that import each other in a circle, type-only imports included. */
export function importCycles(files: readonly SourceFile[]): string[][] {
  const targets = new Map(files.map((file) => [file.path, file.files]))
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path)
    if (seenAt !== -1) cycles.push([...trail.slice(seenAt), path])
    if (seenAt !== -1 || done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }
  for (const file of files) visit(file.path, [])
  return cycles
}

/** What is wrong with where a file lies and how it is called, each as a sentence. */
export function misplacements(path: string): string[] {
  const parts = path.split('/')
  const folders = parts.slice(0, -1)
  const name = parts.at(-1) ?? ''
  const words = [...folders, name.replace(/\..*$/, '')]
  const wrong: string[] = []
  if (!words.every((word) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(word))) wrong.push(`${path} is not in kebab case`)
  const vague = words.filter((word) => forbiddenNames.has(word) || forbiddenNames.has(word.split('-').at(-1) ?? ''))
  wrong.push(...vague.map((word) => `${path}: "${word}" says nothing about what is inside`))
  if (/^index\.[cm]?[jt]sx?$/.test(name)) wrong.push(`${path} is a barrel: import the file that owns the thing`)
  if (folders[0] === 'src' && folders.length > 3) wrong.push(`${path} lies more than two folders below src`)
  if (folders[0] === 'src' && path !== sharedFile && rank(path) === undefined) wrong.push(`${path} is in no folder of the chain`)
  return wrong
}

/** The middle value; 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}

// Place in the chain; undefined for what is in no folder of it.
function rank(path: string): number | undefined {
  const [top, folder] = path.split('/')
  const index = chain.findIndex((name) => name === folder)
  return top === 'src' && path.split('/').length > 2 && index !== -1 ? index : undefined
}
