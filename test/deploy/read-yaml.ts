import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { projectRoot } from '../support/source-tree.ts'

/** A file of the checkout as text. @param path from the top folder */
export const readProjectFile = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')

/** The documents of a YAML file. @throws {Error} what is no YAML, or says a key twice */
export function readYaml<T>(path: string): T[] {
  return parseAllDocuments(readProjectFile(path), { merge: true }).map((document) => {
    const [problem] = document.errors
    if (problem) throw new Error(`${path}: ${problem.message}`)
    return document.toJS() as T
  })
}

/** Names of the settings that Murmur knows, by the file that documents each. */
export function knownSettings(): Set<string> {
  return new Set([...readProjectFile('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name ?? ''))
}
