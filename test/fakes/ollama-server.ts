import type { ModelDeed } from '../conformance/chat-model.ts'
import { DeedServer, piecesOf, sendJson, type Speak } from './deed-server.ts'

/** Ollama's `/api/chat`: one JSON object a line, tool calls whole and with objects for arguments, counts on the last. */
export function createOllamaServer(deeds: readonly ModelDeed[]): DeedServer {
  return new DeedServer(deeds, (call, deed) => {
    if (call.path !== '/api/chat') return sendJson(call.response, 404, '404 page not found')
    speak(call, deed)
  })
}

const speak: Speak = ({ body, response }, deed) => {
  const { model } = JSON.parse(body) as { model: string }
  if ('fail' in deed) {
    if (deed.fail === 'busy') sendJson(response, 429, { error: 'too many concurrent requests' }, { 'retry-after': '2' })
    else if (deed.fail === 'refused') sendJson(response, 401, { error: 'unauthorized' })
    else sendJson(response, 200, '{"model":"x","mess\n')
    return
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const send = (message: object, end: object = { done: false }): void => {
    response.write(`${JSON.stringify({ model, created_at: '2026-11-21T00:00:00Z', message: { role: 'assistant', ...message }, ...end })}\n`)
  }
  if ('say' in deed) for (const content of piecesOf(deed.say)) send({ content })
  if ('call' in deed) send({ content: '', tool_calls: deed.call.map(toWireCall) })
  const reason = 'say' in deed && deed.finishReason === 'length' ? 'length' : 'stop'
  send({ content: '' }, { done: true, done_reason: reason, prompt_eval_count: 26, eval_count: 9, total_duration: 4_883_583_458 })
  response.end()
}

const toWireCall = (
  { id, name, argumentsJson }: { id: string; name: string; argumentsJson: string },
  index: number,
): object => ({ id, function: { index, name, arguments: JSON.parse(argumentsJson) as object } })
