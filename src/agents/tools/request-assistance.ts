import { z } from 'zod'
import { toolError } from './tool.ts'
import type { Tool } from './tool.ts'

/** A list longer than this is not worth its tokens in every call. */
const maxNamed = 30
const maxQuestionChars = 2_000

interface AssistanceInput {
  readonly specialty: string
  readonly question: string
}

/**
 * Lets an agent ask a better-suited one. The run decides who answers and whether it may: this tool only passes it on.
 * @param peerIds specialties that may be asked; named in the schema when there are few
 */
export function createRequestAssistance(peerIds: readonly string[] = []): Tool<AssistanceInput> {
  const [first, ...others] = peerIds
  const isNamed = first !== undefined && peerIds.length <= maxNamed
  const input = z.object({
    specialty: isNamed ? z.enum([first, ...others]) : z.string().max(60).describe('Id of the specialty, such as data-analyst'),
    question: z.string().min(1).max(maxQuestionChars).describe('One question with all that is needed to answer it'),
  })
  return {
    name: 'request_assistance',
    description:
      'Ask a colleague of another field and get the answer back, when part of the request lies outside yours or a person asks for it. ' +
      'At most three times per request; never for what you can do yourself.',
    input,
    async run({ specialty, question }, { signal, colleagues, callId = '' }) {
      signal.throwIfAborted()
      if (!colleagues) return toolError('No colleague can be asked here. Answer what you can, and say which specialist to ask.')
      return colleagues.ask(callId, specialty, question)
    },
  }
}
