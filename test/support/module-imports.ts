import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { maskSource } from './mask-source.ts'

// `import x from 'y'`, `export { x } from 'y'`; what stands between the keyword and `from` never holds a quote or a semicolon.
const fromClause = /\b(?:import|export)\b[^'"`;]*?\bfrom\s*(['"])/g
// `import 'y'`, `import('y')` as an expression or in a type, `require('y')`, `import.meta.resolve('y')`
const bareOrCall = /\b(?:import\s*\(?|require\s*\(|import\.meta\.resolve\s*\()\s*(['"])/g

/** Everything a source names as a module, in order and without repetition: type-only, dynamic and re-exported ones too. */
export function readSpecifiers(source: string): string[] {
  const masked = maskSource(source)
  const found = new Map<number, string>()
  for (const pattern of [fromClause, bareOrCall]) {
    for (const match of masked.matchAll(pattern)) {
      const start = match.index + match[0].length
      const end = masked.indexOf(match[1] ?? '', start)
      if (end > start) found.set(start, source.slice(start, end))
    }
  }
  const inOrder = [...found.entries()].toSorted(([a], [b]) => a - b).map(([, specifier]) => specifier)
  return [...new Set(inOrder)]
}

/** The file a relative specifier means, as a path from the same root as `file`; undefined for packages and built-ins. */
export function resolveRelative(file: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? join(dirname(file), specifier) : undefined
}

/** All files that `file` imports directly or through others, itself included; files that do not exist are left out. */
export function reachableFiles(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  let source: string
  try {
    source = readFileSync(file, 'utf8')
  } catch {
    return seen
  }
  seen.add(file)
  if (!/\.(ts|mjs|cjs|js)$/.test(file)) return seen
  for (const specifier of readSpecifiers(source)) {
    const target = resolveRelative(file, specifier)
    if (target !== undefined) reachableFiles(target, seen)
  }
  return seen
}
