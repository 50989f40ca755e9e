/** What is wrong with a `reduce` that has nothing to begin with, and the code with a beginning where one is clear. */
export interface ReduceWithoutStart {
  readonly remarks: readonly string[]
  readonly fixed: string | undefined
}

/** Looks for a `reduce` with a function only; undefined where there is none. */
export function reduceWithoutStart(code: string): ReduceWithoutStart | undefined {
  const start = /\.reduce(?:Right)?\(/.exec(code)
  if (start === null) return undefined
  const from = start.index + start[0].length
  const { end, commas } = argumentsFrom(code, from)
  if (end === undefined || commas > 0) return undefined
  const given = code.slice(from, end)
  const property = /\.(\w+)\s*(?:\)|\}|;|$)/.exec(given.split('=>')[1] ?? '')?.[1]
  const isSum = /=>[^=]*\+/.test(given)
  return { remarks: remarksOn(property, isSum), fixed: isSum ? fixedSum(code, from, end, property) : undefined }
}

function remarksOn(property: string | undefined, isSum: boolean): string[] {
  const remarks = [
    '`reduce` has no initial value: an **empty list** throws `TypeError: Reduce of empty array with no initial value`.',
  ]
  if (property !== undefined)
    remarks.push(
      `Without it the first item itself is the start, an object rather than its \`${property}\`: two items give `
        + `text such as \`"[object Object]5"\`, and a single one comes back as it is.`,
      `A missing \`${property}\` is \`undefined\`, and one of them makes the whole result \`NaN\`; `
        + `a missing item throws.`,
    )
  if (isSum)
    remarks.push(
      'Where a value is text (`"5"`, as from a form or JSON), `+` joins strings instead of adding: convert before.',
      'Fractions add up with binary rounding (0.1 + 0.2): count money in cents.',
    )
  return remarks
}

/** A sum begins at 0, and what is no number is refused where it comes in. */
function fixedSum(code: string, from: number, end: number, property: string | undefined): string {
  const withStart = `${code.slice(0, end)}, 0${code.slice(end)}`
  if (property === undefined) return withStart
  const list = /([\w$.]+)\.reduce/.exec(code.slice(0, from))?.[1] ?? 'items'
  return [
    `if (!${list}.every((item) => Number.isFinite(item.${property})))`
      + ` throw new TypeError('Expected a number as ${property}.')`,
    withStart,
  ].join('\n')
}

/** Where the arguments of a call end, and how many commas stand between them. */
function argumentsFrom(code: string, from: number): { end: number | undefined; commas: number } {
  let depth = 0
  let commas = 0
  for (let at = from; at < code.length; at += 1) {
    const letter = code[at] ?? ''
    if ('([{'.includes(letter)) depth += 1
    else if (depth === 0 && letter === ')') return { end: at, commas }
    else if (')]}'.includes(letter)) depth -= 1
    else if (depth === 0 && letter === ',') commas += 1
  }
  return { end: undefined, commas }
}
