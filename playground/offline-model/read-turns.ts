import { linesPattern } from './lines-pattern.ts'

/** Something somebody said in a thread. */
export interface Turn {
  readonly who: string
  readonly text: string
}

const line = linesPattern(
  String.raw`
    ^[\s>*-]*(?:\[[^\]]{1,40}\]\s*)?(?:(?:\d[\d/.:,-]*|(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|
    jul|aug|sep|oct|nov|dec)[a-z]*[.,]*|at|[ap]m),?\s+)*\**((?:@|
    <@)?[\p{L}][\p{L}\p{N} ._>()-]{0,40}?)\**(?:\s*\([^)]{1,40}\))?:\**\s+(.+)$
  `,
  'iu',
)
const maxTurns = 500
const notNames = linesPattern(
  String.raw`
    ^(request|objective|question|task|note|context|thread|channel|example|answer|summary|today|date|time|rules?|
    tools?|output|format|guidance|https?)$
  `,
  'i',
)

/** Reads a thread from text: JSON with authors and texts, or lines such as "alice: hello" and "[10:02] bob: hi". */
export function readTurns(text: string): Turn[] {
  const json = /^\s*[[{]/.test(text) ? turnsInJson(text) : []
  if (json.length > 0) return json
  const turns: { who: string; text: string }[] = []
  for (const row of text.split('\n')) {
    const match = line.exec(row)
    const who = match?.[1]?.trim() ?? ''
    const last = turns.at(-1)
    if (match !== null && !notNames.test(who)) turns.push({ who, text: match[2] ?? '' })
    else if (last !== undefined && row.trim() !== '' && !row.trim().startsWith('<')) last.text += `\n${row.trim()}`
    if (turns.length >= maxTurns) break
  }
  return turns
}

function turnsInJson(text: string): Turn[] {
  try {
    return findTurns(JSON.parse(text), 0)
  } catch {
    return []
  }
}

function findTurns(value: unknown, depth: number): Turn[] {
  if (typeof value !== 'object' || value === null || depth > 4) return []
  if (!Array.isArray(value))
    return (
      Object.values(value)
        .map((child) => findTurns(child, depth + 1))
        .find((turns) => turns.length > 0) ?? []
    )
  return value.slice(0, maxTurns).flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return []
    const fields = item as Record<string, unknown>
    const who = [
      fields['who'],
      fields['author'],
      fields['user'],
      fields['name'],
      fields['speaker'],
      fields['role'],
    ].find((name) => typeof name === 'string')
    const said = [fields['text'], fields['content'], fields['message']].find((words) => typeof words === 'string')
    return typeof who === 'string' && typeof said === 'string' ? [{ who, text: said }] : []
  })
}
