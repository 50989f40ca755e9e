import { maskSource } from './mask-source.ts'
import { readSpecifiers } from './module-imports.ts'

const valueExport = /^export\s+(?:default\b|(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:function\*?|const|let|var|class|enum)\s+([\w$]+)?)/gm
const exportList = /^export\s*\{([^}]*)\}/gm
const classHead = /^\s*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+([\w$]+)/gm
const enumHead = /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+([\w$]+)/gm
const memberStart =
  /^\s*(?:(?:public|static|async|readonly|override|declare|abstract|accessor|get|set)\s+|\*\s*)*(#?[A-Za-z_$][\w$]*)\s*(?:[(<:=;?!]|$)/

/** A class and the names that others can reach on it; a getter and its setter count once, and so do overloads. */
export interface ClassShape {
  name: string
  publicMembers: string[]
}

/** Names of the values a source exports; types and interfaces do not count. */
export function readValueExports(source: string): string[] {
  const masked = maskSource(source)
  const declared = [...masked.matchAll(valueExport)].map((match) => match[1] ?? 'default')
  const listed = [...masked.matchAll(exportList)].flatMap((match) => (match[1] ?? '').split(','))
  const names = listed.map((item) => item.trim()).filter((item) => item !== '' && !item.startsWith('type '))
  return [...new Set([...declared, ...names.map((name) => name.split(/\s+as\s+/).at(-1) ?? name)])]
}

/** Classes that begin a line of a source, with their public members. */
export function readClasses(source: string): ClassShape[] {
  const masked = maskSource(source)
  return [...masked.matchAll(classHead)].map((match) => {
    const body = outerLines(masked, bodyStart(masked, match.index + match[0].length))
    const names = body.map(publicName).filter((name) => name !== undefined)
    return { name: match[1] ?? '', publicMembers: [...new Set(names)] }
  })
}

/** Names of the enums of a source. */
export function readEnums(source: string): string[] {
  return [...maskSource(source).matchAll(enumHead)].map((match) => match[1] ?? '')
}

/** Whether a source reads the environment of the process, through the global or through `node:process`. */
export function readsEnvironment(source: string): boolean {
  const masked = maskSource(source)
  if (/\bprocess\s*\??\.\s*env\b/.test(masked)) return true
  const importsProcess = readSpecifiers(source).some((specifier) => /^(?:node:)?process$/.test(specifier))
  return importsProcess && /\bimport\s*\{[^}]*\benv\b/.test(masked)
}

function publicName(line: string): string | undefined {
  if (/^\s*(?:private|protected)\b/.test(line)) return undefined
  const name = memberStart.exec(line)?.[1]
  return name === undefined || name.startsWith('#') || name === 'constructor' ? undefined : name
}

// Just behind the brace that opens a class body; braces in type parameters and in the arguments of a mixin come before it.
function bodyStart(masked: string, from: number): number {
  let depth = 0
  for (let at = from; at < masked.length; at += 1) {
    const char = masked.charAt(at)
    if (char === '{' && depth === 0) return at + 1
    if ('<({['.includes(char)) depth += 1
    if (')}]'.includes(char) || (char === '>' && masked.charAt(at - 1) !== '=')) depth -= 1
  }
  return masked.length
}

// The lines between a brace and its partner with everything in deeper brackets left out, so that each member stands on a line of its own.
function outerLines(masked: string, start: number): string[] {
  let depth = 0
  let text = ''
  for (let at = start; at < masked.length; at += 1) {
    const char = masked.charAt(at)
    const opens = '{(['.includes(char)
    const closes = '})]'.includes(char)
    if (closes && depth === 0) break
    if (closes) depth -= 1
    // An opening bracket stays visible: it tells a method from a word that merely ends a line.
    if (depth === 0) text += closes ? ' ' : char
    if (opens) depth += 1
  }
  return text.split('\n')
}
