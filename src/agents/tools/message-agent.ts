import { z } from 'zod'
import { toolError } from './tool.ts'
import type { Tool } from './tool.ts'

const maxTextChars = 1_000

const inputSchema = z.object({
  to: z.string().min(1).max(60).describe('Specialty of the colleague, such as data-analyst'),
  text: z.string().min(1).max(maxTextChars).describe('What they have to know; they see nothing else of this request'),
})

/** Leaves a message that the addressee reads with its next task. */
export const messageAgent: Tool<z.infer<typeof inputSchema>> = {
  name: 'message_agent',
  description:
    'Leave a short message for a colleague here, who reads it with their next task: a decision, a date or a finding they will need. ' +
    'Nobody answers it now; to get an answer use request_assistance.',
  input: inputSchema,
  async run({ to, text }, { signal, colleagues, callId = '' }) {
    signal.throwIfAborted()
    if (!colleagues) return toolError('No colleague can be reached here. Go on without.')
    return colleagues.tell(callId, to, text)
  },
}
