import { z } from 'zod'
import { toolError } from './tool.ts'
import type { Tool } from './tool.ts'

const maxTextChars = 2_000

const inputSchema = z.object({
  text: z.string().min(1).max(maxTextChars).describe('One finding or decision in a sentence or two that is clear without this conversation'),
  kind: z.enum(['position', 'document']).default('position').describe('position: what you found, hold or decided; document: a passage worth keeping word for word'),
})

/** Keeps a finding where the agents of this goal find it again. */
export const remember: Tool<z.infer<typeof inputSchema>> = {
  name: 'remember',
  description: 'Keep a finding, a decision or a preference for later requests in this channel, when somebody asks for it or it will matter again. Answers are kept anyway.',
  input: inputSchema,
  async run({ text, kind }, { signal, memory, callId = '' }) {
    signal.throwIfAborted()
    if (!memory) return toolError('There is no memory here. Say in your answer what should be kept.')
    return memory.remember(callId, kind, text)
  },
}
