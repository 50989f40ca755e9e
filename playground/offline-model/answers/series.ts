import { linesPattern } from '../lines-pattern.ts'

const maxValues = 10_000

/** A named row of numbers found in a text. */
export interface Series {
  readonly name: string
  readonly values: readonly number[]
}

/** Columns of CSV or of a Markdown table, "name: 1, 2, 3" rows, else all numbers of the text as one series. */
export function findSeries(text: string): Series[] {
  const columns = columnsOf(text)
  if (columns.length > 0) return columns
  const named = namedRowsOf(text)
  if (named.length > 0) return named
  const values = numbersIn(text)
  return values.length >= 3 ? [{ name: 'Values', values }] : []
}

/** The first column of a table, where it holds names rather than numbers; empty without a table. */
export function rowNamesOf(text: string): string[] {
  return rowsOf(text)
    .slice(1, maxValues)
    .map((row) => row[0] ?? '')
    .filter((name) => /\p{L}/u.test(name))
}

/** "name: 1, 2, 3", on a line of its own or after the end of a sentence. */
function namedRowsOf(text: string): Series[] {
  const row =
    // A year may stand for a name.
    linesPattern(
      String.raw`
      (?<=^[ \t*-]{0,8}|[.;?!]\s)((?:19|20)\d\d|\p{L}[\p{L}\p{N} _-]{0,40}?)\s?[:=]\s?
      ((?:[-$€£]?\d[\d.]*%?[,;\s]{1,3}){1,200}[-$€£]?\d[\d.]*%?(?![\d.]*\s?[:=]))
    `,
      'gmu',
    )
  const found = [...text.matchAll(row)].map((match) => ({
    name: (match[1] ?? '').trim(),
    values: numbersIn((match[2] ?? '').replace(/\.$/, '')),
  }))
  // A single pair is more likely a time or a version than a series.
  return found.length > 1 || (found[0]?.values.length ?? 0) > 2 ? found : []
}

function columnsOf(text: string): Series[] {
  const [head, ...body] = rowsOf(text).slice(0, maxValues)
  if (head === undefined || body.length < 2 || head.length < 2) return []
  if (head.some((cell) => cell !== '' && !Number.isNaN(Number(cell)))) return []
  const rows = body.filter((row) => row.length === head.length)
  return head
    .map((name, column) => ({ name, values: rows.flatMap((row) => numbersIn(row[column] ?? '')) }))
    .filter(({ values }) => rows.length >= 2 && values.length === rows.length)
}

function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /[,;\t|]/.test(line) && !/^[|\s:-]+$/.test(line))
    .map((line) =>
      line
        .replace(/^\||\|$/g, '')
        .split(/[,;\t|]/)
        .map((cell) => cell.trim()),
    )
}

function numbersIn(text: string): number[] {
  const found =
    text
      .replace(/\d{4}-\d{2}-\d{2}/g, ' ')
      .replace(/(\d),(?=\d{3}\b)/g, '$1')
      .match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*[a-z])/gi) ?? []
  return found.slice(0, maxValues).map(Number)
}
