import { MurmurError } from '../errors.ts'
import { findNearWord } from './near-word.ts'

/** One flag of a command: how its value is read, and how it is explained to a person. */
export interface FlagSpec<Value> {
  /** What its value has to be, for example `a whole number from 1 to 5`. */
  readonly wanted: string
  /** A value as a person types it. */
  readonly example: string
  /** @returns undefined when `raw` is no such value */
  readonly read: (raw: string) => Value | undefined
}

/** The flags that a command knows, by name without dashes. */
export type FlagTable = Readonly<Record<string, FlagSpec<unknown>>>
export type FlagValues<Flags extends FlagTable> = { readonly [Name in keyof Flags]?: Flags[Name] extends FlagSpec<infer Value> ? Value : never }

export interface ParsedArguments<Flags extends FlagTable> {
  /** What is left without the flags; a line break stays, other gaps where a flag stood become one space. */
  readonly text: string
  readonly values: FlagValues<Flags>
}

/**
 * What is passed over as it is, and where a flag begins. Phones and Macs make one long dash of two, and curly quotes of
 * straight ones; such a dash counts only before a name that is known, because it is also a punctuation mark.
 */
const landmark = /```[\s\S]*?```|`[^`]*`|"[^"]*"|“[^“”]*”|(?<=^|\s)(?<dashes>--|[—–])(?<name>[A-Za-z][A-Za-z0-9-]*)?(?<sign>=|(?=\s|$))/gu
const value = /\s*(?:"(?<straight>[^"]*)"|“(?<curly>[^“”]*)”|(?<bare>\S+))/uy

/**
 * Takes the flags out of what follows a command: `--name value`, `--name=value`, `--name "two words"`, in any place. What
 * stands in quotes or backticks is text, and so is everything after a lone `--`.
 * @throws {MurmurError} MUR_USAGE for an unknown flag (naming the nearest), one given twice, and a value that can't be read
 */
export function parseArguments<const Flags extends FlagTable>(text: string, flags: Flags): ParsedArguments<Flags> {
  const values: Record<string, unknown> = {}
  const kept: string[] = []
  let from = 0
  for (const found of text.matchAll(landmark)) {
    const { dashes, name, sign } = found.groups ?? {}
    if (dashes === undefined || found.index < from) continue
    const isLongDash = dashes !== '--'
    if (name === undefined) {
      if (isLongDash || sign === '=') continue
      kept.push(text.slice(from, found.index), text.slice(found.index + dashes.length))
      from = text.length
      break
    }
    const flag = name.toLowerCase()
    const spec = Object.hasOwn(flags, flag) ? flags[flag] : undefined
    if (!spec && isLongDash) continue
    if (!spec) throw unknownFlag(name, flags)
    if (Object.hasOwn(values, flag)) throw new MurmurError('MUR_USAGE', { wanted: `\`--${flag}\` once`, found: 'it twice', hint: 'Leave one of them out.' })
    kept.push(text.slice(from, found.index))
    const given = readValue(text, found.index + found[0].length, sign === '=')
    values[flag] = checkValue(flag, spec, given.raw)
    from = given.end
  }
  kept.push(text.slice(from))
  return { text: join(kept), values: values as FlagValues<Flags> }
}

/** One of a few words, in any case. */
export const choiceFlag = <const Choice extends string>(choices: readonly Choice[]): FlagSpec<Choice> => ({
  wanted: `one of ${choices.map((choice) => `\`${choice}\``).join(', ')}`,
  example: choices[0] ?? '',
  read: (raw) => choices.find((choice) => choice === raw.toLowerCase()),
})

export const wholeFlag = (least: number, most: number): FlagSpec<number> => ({
  wanted: `a whole number from ${least} to ${most}`,
  example: String(least),
  read: (raw) => (/^\d{1,9}$/.test(raw) && Number(raw) >= least && Number(raw) <= most ? Number(raw) : undefined),
})

/** Dollars, with or without the sign; the value is in micro-USD. */
export const usdFlag = (most: number): FlagSpec<number> => ({
  wanted: `dollars from 0 to ${most}`,
  example: '0.50',
  read: (raw) => (/^\$?\d{1,9}(?:\.\d{1,6})?$/.test(raw) && Number(raw.replace('$', '')) <= most ? Math.round(Number(raw.replace('$', '')) * 1_000_000) : undefined),
})

export const textFlag = (wanted: string, example: string, maxChars = 100): FlagSpec<string> => ({
  wanted,
  example,
  read: (raw) => (raw.trim() === '' || raw.length > maxChars ? undefined : raw.trim()),
})

/** A flag that stands where a value should be is none. */
function readValue(text: string, at: number, isJoined: boolean): { readonly raw: string; readonly end: number } {
  value.lastIndex = at
  const found = isJoined && /\s/.test(text[at] ?? ' ') ? null : value.exec(text)
  const raw = found?.groups?.['straight'] ?? found?.groups?.['curly'] ?? found?.groups?.['bare'] ?? ''
  if (!isJoined && /^(?:--|[—–])[A-Za-z]/.test(raw)) return { raw: '', end: at }
  return { raw, end: found ? value.lastIndex : at }
}

function checkValue(name: string, { wanted, example, read }: FlagSpec<unknown>, raw: string): unknown {
  const known = raw === '' ? undefined : read(raw)
  if (known !== undefined) return known
  const found = raw === '' ? '' : `\`${raw.replaceAll('`', '').slice(0, 40)}\``
  throw new MurmurError('MUR_USAGE', { wanted: `${wanted} after \`--${name}\``, found, hint: `For example \`--${name} ${example}\`.` })
}

function unknownFlag(name: string, flags: FlagTable): MurmurError {
  const known = Object.keys(flags)
  const near = findNearWord(name, known)
  return new MurmurError('MUR_USAGE', {
    wanted: known.length === 0 ? 'no flags here' : `one of ${known.map((flag) => `\`--${flag}\``).join(', ')}`,
    found: `\`--${name.slice(0, 40)}\``,
    hint: near ? `Did you mean \`--${near}\`?` : 'Put it in quotes when it belongs to the text.',
  })
}

const join = (pieces: readonly string[]): string =>
  pieces.reduce((whole, piece) => {
    const [before, after] = [whole.replace(/[ \t]+$/, ''), piece.replace(/^[ \t]+/, '')]
    return before === '' || after === '' || before.endsWith('\n') || after.startsWith('\n') ? before + after : `${before} ${after}`
  }, '').trim()
