import { asMurmurError, MurmurError } from '../errors.ts'
import { maxBatchItems, maxItemChars, type BatchItem } from '../orchestration/tasks/submit-batch.ts'
import { parseArguments } from './parse-arguments.ts'
import { readTaskWish, taskFlags, type WishPlace } from './task-flags.ts'

interface Line {
  /** Where it begins, counted from 1. */
  readonly number: number
  readonly cells: readonly string[]
}

const columns = ['objective', ...Object.keys(taskFlags)]
/** Problems that one message names. */
const namedProblems = 3

/**
 * The tasks of a batch out of a text: one objective a line, or CSV when its first line names the column `objective`.
 * @throws {MurmurError} MUR_USAGE naming each line that is wrong
 */
export function readBatch(text: string, place: WishPlace): readonly BatchItem[] {
  const isCsv = /^\s*"?objective"?\s*(?:[,;]|$)/i.test(text.replace(/^\uFEFF/, '').trimStart().split('\n', 1)[0] ?? '')
  const problems: string[] = []
  const items = (isCsv ? readTable(text.replace(/^\uFEFF/, '')) : readLines(text)).flatMap(({ number, cells: [objective = '', ...flags] }) => {
    try {
      return [readItem(objective, flags, place)]
    } catch (error) {
      problems.push(`Line ${number}: ${asMurmurError(error).message}`)
      return []
    }
  })
  if (problems.length > 0) {
    const more = problems.length - namedProblems
    throw new MurmurError('MUR_USAGE', { wanted: 'lines that can be read', found: `${problems.length} that can not`, hint: [...problems.slice(0, namedProblems), ...(more > 0 ? [`And ${more} more.`] : [])].join(' ') })
  }
  if (items.length === 0 || items.length > maxBatchItems) throw new MurmurError('MUR_USAGE', { wanted: `1 to ${maxBatchItems} objectives, one a line`, found: String(items.length), hint: 'Split it into several batches.' })
  return items
}

function readItem(objective: string, [priority = '', deadline = '', needs = '', role = '']: readonly string[], place: WishPlace): BatchItem {
  const given = Object.entries({ priority, deadline, needs, role }).filter(([, cell]) => cell !== '')
  const { values } = parseArguments(given.map(([name, cell]) => `--${name} "${cell.replaceAll(/["“”]/g, ' ')}"`).join(' '), taskFlags)
  if (objective.length > maxItemChars) throw new MurmurError('MUR_INPUT_TOO_LONG', { limit: maxItemChars, found: objective.length })
  const { priority: rank, deadlineMs, request } = readTaskWish(values, place)
  return {
    text: objective,
    ...(rank === undefined ? {} : { priority: rank }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(request.forcedSpecialtyId === undefined ? {} : { specialtyId: request.forcedSpecialtyId }),
    ...(request.needs === undefined ? {} : { needs: request.needs }),
  }
}

const readLines = (text: string): Line[] =>
  text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ number: index + 1, cells: [line.trim()] }]))

/** The rows below the head, their cells in the order of `columns`. */
function readTable(text: string): Line[] {
  const [head, ...rows] = parseCsv(text)
  const names = (head?.cells ?? []).map((name) => name.toLowerCase())
  const unknown = names.find((name) => !columns.includes(name))
  if (unknown !== undefined) throw new MurmurError('MUR_USAGE', { wanted: `columns out of ${columns.join(', ')} in the first line`, found: `\`${unknown.slice(0, 40)}\``, hint: 'For example `objective,priority,deadline`.' })
  return rows.map(({ number, cells }) => {
    if (cells.length > names.length) throw new MurmurError('MUR_USAGE', { wanted: `${names.length} cells in line ${number}`, found: String(cells.length), hint: 'A cell with a comma stands in double quotes.' })
    if ((cells[names.indexOf('objective')] ?? '') === '') throw new MurmurError('MUR_USAGE', { wanted: `an objective in line ${number}`, found: '', hint: 'Fill it in, or remove the line.' })
    return { number, cells: columns.map((name) => cells[names.indexOf(name)] ?? '') }
  })
}

/** RFC 4180, with commas or, where the head has those instead, semicolons; empty lines are passed over. */
function parseCsv(text: string): Line[] {
  const separator = /^[^\n,]*;/.test(text.trimStart()) ? ';' : ','
  const lines: Line[] = []
  let cells: string[] = []
  let cell = ''
  let number = 1
  let start = 1
  let isQuoted = false
  const endLine = (): void => {
    const all = [...cells, cell].map((one) => one.trim())
    if (all.some((one) => one !== '')) lines.push({ number: start, cells: all })
    cells = []
    cell = ''
    start = number
  }
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\n') number++
    if (isQuoted && char === '"' && text[at + 1] === '"') cell += text[at++]
    else if (char === '"' && (isQuoted || cell.trim() === '')) isQuoted = !isQuoted
    else if (isQuoted) cell += char
    else if (char === separator) {
      cells.push(cell)
      cell = ''
    } else if (char === '\n') endLine()
    else if (char !== '\r') cell += char
  }
  if (isQuoted) throw new MurmurError('MUR_USAGE', { wanted: 'a double quote that ends', found: `one that is open from line ${start} on`, hint: 'Two double quotes in a cell stand for one.' })
  endLine()
  return lines
}
