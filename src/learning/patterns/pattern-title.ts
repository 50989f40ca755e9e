import { describeSignature } from './request-signature.ts'

const maxChars = 120

/** What a pattern is called by one of its requests: `Summarise the sales of {date}`. */
export const titleOf = (text: string): string => describeSignature(text).slice(0, maxChars).toWellFormed() || '(no words)'
