import { z } from 'zod'
import { toolError } from './tool.ts'
import type { Tool } from './tool.ts'

const maxQueryChars = 500

const inputSchema = z.object({
  query: z.string().min(1).max(maxQueryChars).describe('What to look for, in words that would stand in the text itself'),
})

/** Finds by meaning what agents of this goal answered, found or kept before. */
export const recall: Tool<z.infer<typeof inputSchema>> = {
  name: 'recall',
  description: 'Search what was answered, found or decided before in this channel, by meaning. Use it when a request refers to earlier work that is not in this thread.',
  input: inputSchema,
  async run({ query }, { signal, memory }) {
    signal.throwIfAborted()
    if (!memory) return toolError('There is no memory here. Answer from the request and the thread.')
    return memory.recall(query)
  },
}
