/**
 * A regular expression that is written over several lines: line breaks and the spaces around them do not count.
 * For long lists of words, which nobody can read in one line.
 */
export function linesPattern(source: string, flags = ''): RegExp {
  return new RegExp(source.replace(/\s*\n\s*/g, ''), flags)
}
