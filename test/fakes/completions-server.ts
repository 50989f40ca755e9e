import type { ServerResponse } from 'node:http'
import { piecesOf, sendJson, type Speak, type SpokenDeed } from './deed-server.ts'

const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 }

/** How one server refuses: its body for a status and a sentence. */
export type RefusalBody = (status: number, message: string) => object

/** Chat Completions, plain or as an event stream, with the refusals of one server. */
export function speakCompletions(refusal: RefusalBody): Speak {
  return ({ body, response }, deed) => {
    if ('fail' in deed) return fail(response, deed.fail, refusal)
    const { stream } = JSON.parse(body) as { stream?: boolean }
    if (stream === true) sendEvents(response, deed)
    else sendJson(response, 200, { choices: [{ index: 0, message: messageOf(deed), finish_reason: finishOf(deed) }], usage })
  }
}

function fail(response: ServerResponse, kind: string, refusal: RefusalBody): void {
  if (kind === 'busy') sendJson(response, 429, refusal(429, 'Too many calls.'), { 'retry-after': '2' })
  else if (kind === 'refused') sendJson(response, 401, refusal(401, 'Access denied.'))
  else sendJson(response, 200, '{"choices": [{"mess')
}

function messageOf(deed: SpokenDeed): object {
  if (!('call' in deed)) return { role: 'assistant', content: 'say' in deed ? deed.say : '' }
  return { role: 'assistant', content: null, tool_calls: deed.call.map(wireCall) }
}

function sendEvents(response: ServerResponse, deed: SpokenDeed): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (delta: object, finish: string | null = null): void => {
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`)
  }
  if ('say' in deed) for (const content of piecesOf(deed.say)) send({ content })
  if ('call' in deed) for (const [index, call] of deed.call.entries()) send({ tool_calls: [{ index, ...wireCall(call) }] })
  send({}, finishOf(deed))
  response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`)
}

const finishOf = (deed: SpokenDeed): string => {
  if ('call' in deed) return 'tool_calls'
  return 'say' in deed ? (deed.finishReason ?? 'stop') : 'stop'
}

const wireCall = ({ id, name, argumentsJson }: { id: string; name: string; argumentsJson: string }): object => ({
  id,
  type: 'function',
  function: { name, arguments: argumentsJson },
})
