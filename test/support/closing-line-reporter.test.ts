import { expect, test } from '@jest/globals'
import { closingLine } from './closing-line-reporter.ts'

const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 }

test('the closing line names skipped tests only when there are any', () => {
  expect(closingLine({ ...none, numPassedTests: 12, numFailedTests: 1 })).toBe('12 passed, 1 failed')
  expect(closingLine({ ...none, numPassedTests: 12, numPendingTests: 2, numTodoTests: 1 })).toBe('12 passed, 0 failed, 3 skipped')
})

test('a file that could not run counts as a failure', () => {
  expect(closingLine({ ...none, numRuntimeErrorTestSuites: 1 })).toBe('0 passed, 1 failed')
})
