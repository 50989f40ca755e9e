import type { ToolContext } from '../../../src/agents/tools/tool.ts'

/** A valid context at Saturday 2026-11-21 03:45 UTC in Berlin; override what a test is about. */
export const aContext = (overrides: Partial<ToolContext> = {}): ToolContext => ({
  signal: new AbortController().signal,
  nowMs: () => Date.UTC(2026, 10, 21, 3, 45),
  timeZone: 'Europe/Berlin',
  thread: [],
  ...overrides,
})
