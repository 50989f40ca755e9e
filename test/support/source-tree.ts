import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSpecifiers, resolveRelative } from './module-imports.ts'

/** The checkout's top folder. */
export const projectRoot = join(import.meta.dirname, '../..')

/** One source file: `path` from the top folder with forward slashes, its text, and what it imports. */
export interface SourceFile {
  path: string
  text: string
  lines: number
  /** Specifiers of packages and built-ins. */
  packages: string[]
  /** Paths of our own files, from the top folder. */
  files: string[]
}

/** Makes a {@link SourceFile} from a text, so that rules can be tried on samples. */
export function sourceFile(path: string, text: string): SourceFile {
  const specifiers = readSpecifiers(text)
  const files = specifiers.map((specifier) => resolveRelative(path, specifier)).filter((file) => file !== undefined)
  const packages = specifiers.filter((specifier) => !specifier.startsWith('.'))
  return { path, text, lines: text.trimEnd().split('\n').length, packages, files }
}

/** Reads the files below some folders of the checkout that have one of these endings; a folder that is missing has none. */
export function readSources(folders: readonly string[], endings: readonly string[] = ['ts']): SourceFile[] {
  const patterns = folders.flatMap((folder) => endings.map((ending) => `${folder}/**/*.${ending}`))
  const paths = globSync(patterns, { cwd: projectRoot }).map((path) => path.replaceAll('\\', '/')).toSorted()
  return paths.map((path) => sourceFile(path, readFileSync(join(projectRoot, path), 'utf8')))
}
