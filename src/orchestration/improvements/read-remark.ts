export interface SaidRemark {
  /** Empty when only the word stands there. */
  readonly text: string
  /** True when it names a thing of its own, as in "improve this sentence: ...". */
  readonly hasObject: boolean
}

const form = /^\/?improve(?:\s*(?<mark>:)\s*|\s+-*\s*|$)(?<text>[\s\S]*)$/i
/** "improve the speech below": people say of an answer what it shall be like, and of a thing which one they mean. */
const object = /^(?:this|that|these|those|the|my|our|his|her|its|their|an?|it)\b|[:\n`]|https?:/i

/** Reads a remark on an answer out of a message that begins with "improve"; undefined for any other. */
export function readRemark(said: string): SaidRemark | undefined {
  const found = form.exec(said.trim())
  if (!found) return undefined
  const text = (found.groups?.['text'] ?? '').trim()
  return { text, hasObject: found.groups?.['mark'] === undefined && object.test(text) }
}
