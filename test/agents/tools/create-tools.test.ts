import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { callTool } from '../../../src/agents/tools/call-tool.ts'
import { createTools } from '../../../src/agents/tools/create-tools.ts'
import { toolNames } from '../../../src/agents/tools/tool-names.ts'
import { aContext } from './a-context.ts'

test('makes exactly the tools that specialties may name', () => {
  expect(createTools().map(({ name }) => name)).toEqual([...toolNames])
})

test.each(createTools().map((tool) => [tool.name, tool] as const))(
  'describes %s as providers want it',
  (name, tool) => {
    expect(name).toMatch(/^[a-z_]{1,64}$/)
    expect(tool.description.length).toBeGreaterThan(60)
    expect(tool.description.length).toBeLessThan(1_024)
    expect(z.toJSONSchema(tool.input)).toMatchObject({ type: 'object' })
  },
)

test.each(createTools().map((tool) => [tool.name, tool] as const))(
  'lets %s refuse a cancelled run',
  async (_, tool) => {
    const signal = AbortSignal.abort(new Error('stopped'))
    await expect(callTool(tool, {}, aContext({ signal }))).rejects.toThrow('stopped')
    await expect(tool.run({} as never, aContext({ signal }))).rejects.toThrow('stopped')
  },
)
