export const maxLessonChars = 300
const leastLessonChars = 10

/** What a model says as it may stand in a recipe: short, without secrets, naming no address and nobody; undefined for anything else. */
export function asLesson(said: string, redact: (text: string) => string): string | undefined {
  const text = redact(said.replaceAll(/\s+/g, ' ').trim())
  const isUsable = text.length >= leastLessonChars && text.length <= maxLessonChars && !/https?:|<[@!#]/i.test(text)
  return isUsable ? text.toWellFormed() : undefined
}
