import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { MurmurError } from '../../../src/errors.ts'
import { callTool } from '../../../src/agents/tools/call-tool.ts'
import { maxToolChars } from '../../../src/agents/tools/tool.ts'
import type { Tool } from '../../../src/agents/tools/tool.ts'
import { aContext } from './a-context.ts'

const echo = (run: Tool<{ text: string }>['run'] = async ({ text }) => text): Tool<{ text: string }> => ({
  name: 'echo',
  description: 'Says it again',
  input: z.object({ text: z.string().max(100_000) }),
  run,
})

test('runs a tool on arguments that fit', async () => {
  expect(await callTool(echo(), { text: 'hello' }, aContext())).toBe('hello')
})

test.each([undefined, null, 'hello', {}, { text: 5 }, []])('sends back what is wrong with %j', async (raw) => {
  expect(await callTool(echo(), raw, aContext())).toMatch(
    /^Error: The arguments of echo do not fit \((?:text|input): .+Call it again/,
  )
})

test('cuts a result that is too long, and says so', async () => {
  const text = await callTool(echo(), { text: 'x'.repeat(50_000) }, aContext())
  expect(text.length).toBeLessThanOrEqual(maxToolChars)
  expect(text).toMatch(/\[cut: \d+ more characters\]$/)
})

test('does not cut a character in two', async () => {
  for (const offset of ['', 'x'])
    expect((await callTool(echo(), { text: offset + '🙂'.repeat(20_000) }, aContext())).isWellFormed()).toBe(true)
})

test('turns an unexpected failure into text without its message', async () => {
  const tool = echo(async () => {
    throw new TypeError('password is hunter2')
  })
  expect(await callTool(tool, { text: '' }, aContext())).toBe(
    'Error: echo failed unexpectedly (TypeError). Go on without it and say so.',
  )
})

test('throws the reason when the run is cancelled before or during the call', async () => {
  const cancel = new AbortController()
  const context = aContext({ signal: cancel.signal })
  const tool = echo(async () => {
    cancel.abort(new Error('stopped by a person'))
    throw new Error('something else')
  })
  await expect(callTool(tool, { text: '' }, context)).rejects.toThrow('stopped by a person')
  await expect(callTool(echo(), { text: '' }, context)).rejects.toThrow('stopped by a person')
})

test('what is the matter of the whole run says which tool met it', async () => {
  const tool = echo(async () => {
    throw new MurmurError('MUR_MODEL_DOWN', { provider: 'house' })
  })
  await expect(callTool(tool, { text: '' }, aContext())).rejects.toMatchObject({ code: 'MUR_MODEL_DOWN', details: { provider: 'house', tool: 'echo' } })
})
