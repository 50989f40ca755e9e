import type { ChatRequest } from '../../playground/offline-model/chat-request.ts'
import type { AnswerContext, OfflineModel } from '../../playground/offline-model/offline-model.ts'
import type { Reply } from '../../playground/offline-model/reply.ts'

type Scripted = Reply | string | undefined | Promise<Reply | string | undefined>

/** True for the call that chooses the specialist, given the body as it was sent. */
export const isRouteCall = (body: Readonly<Record<string, unknown>>): boolean => JSON.stringify(body['response_format'])?.includes('"name":"route"') ?? false
export const isAnswerCall = (body: Readonly<Record<string, unknown>>): boolean => !('response_format' in body)

/** What the person asked: the last thing said to the model by a user. */
export const askedOf = (request: ChatRequest): string => request.messages.findLast(({ role }) => role === 'user')?.text ?? ''

/**
 * Makes the model's words known in advance: every route goes to one specialist, every answer is what `reply` says.
 * The default answers are made for people who try the playground, and change with it.
 */
export function scriptAnswers(model: OfflineModel, reply: string | ((request: ChatRequest, context: AnswerContext) => Scripted), specialty = 'writer'): void {
  model.setAnswer((request, context) => {
    if (request.format.kind === 'json_schema' && request.format.name !== 'route') return undefined
    if (request.format.kind === 'json_schema') return { json: { specialty, confidence: 0.9, reason: 'It is about words.' } }
    return typeof reply === 'string' ? reply : reply(request, context)
  })
}

/** A text of so many numbered sentences, in which nothing can be lost or doubled unnoticed. */
export const sentences = (count: number, word = 'sentence'): string =>
  Array.from({ length: count }, (_, index) => `This is ${word} number ${index + 1} of ${count}.`).join(' ')
