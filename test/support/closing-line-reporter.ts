import { writeSync } from 'node:fs'

/** The part of Jest's aggregated result that the closing line is made from. */
export interface RunCounts {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  /** Files that broke before any of their tests could run. */
  numRuntimeErrorTestSuites: number
}

/** `N passed, N failed[, N skipped]`; a file that could not run counts as one failure, so that it cannot look like success. */
export function closingLine(counts: RunCounts): string {
  const skipped = counts.numPendingTests + counts.numTodoTests
  const failed = counts.numFailedTests + counts.numRuntimeErrorTestSuites
  return `${counts.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/** Jest reporter that prints {@link closingLine} as the very last line of the run, in the form that CI looks for. */
export default class ClosingLineReporter {
  onRunComplete(_contexts: unknown, counts: RunCounts): void {
    // Jest writes its own summary after all custom reporters have returned, so ours waits for the end of the process.
    process.once('exit', () => writeSync(1, `${closingLine(counts)}\n`))
  }
}
