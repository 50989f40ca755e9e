import { linesPattern } from './lines-pattern.ts'

/** Where code begins in a sentence: a declaration, a call chain with an arrow function, an import. */
const beginning = linesPattern(
  String.raw`
  (?:^|[\s:])((?:export\s+)?(?:(?:const|let|var)\s+[\w$\x5b{][^=\n]{0,60}=[^=]|(?:async\s+)?function\s*\w*\s*\(|
  def\s+\w+\s*\(|class\s+\w+\s*[({:]|import\s+[\w{*][^\n]{0,60}from\s|(?:for|while|if)\s?\(|
  return\s+[\w$]+[.(\x5b]|[\w$]+(?:\.[\w$]+)+\([^\n]{0,120}=>))
`,
  'm',
)

/** Code that stands in a request without a fence around it, to the end of the request or of its backticks. */
export function inlineCodeIn(text: string): string | undefined {
  if (text.includes('```')) return undefined
  const quoted = /`([^`\n]{6,400})`/.exec(text)?.[1]
  if (quoted !== undefined && /[=(;{]/.test(quoted)) return quoted.trim()
  const found = beginning.exec(text.slice(0, 4_000))
  if (found === null) return undefined
  const start = found.index + found[0].indexOf(found[1] ?? '')
  const code = text.slice(start, 4_000).trim()
  // A question after the code belongs to the person, not to the program.
  return code.replace(/\n\s*\n[\s\S]*$/, '').replace(/(?<=[)};])\s+[A-Z][\w' ,]{3,120}[?.]$/, '')
}
