import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenAndReport } from './listen-and-report.ts'

/**
 * The smallest server that speaks as much of OpenAI's Chat Completions API as a run needs, with no latency but that of its argument in milliseconds:
 * every answer is prepared, so that it is never what a benchmark measures. Structured questions get a route, others an
 * answer of eight pieces or the same text whole; turns of a debate get a speech that holds with its speaker, or a verdict.
 */
const pieces = ['The sort ', 'compares text ', 'by default, ', 'so give it ', 'a comparator ', 'that subtracts: ', '`(a, b) => a - b` ', 'does it.']
const latencyMs = Number(process.argv[2] ?? 0)
const usage = { prompt_tokens: 400, completion_tokens: 24, total_tokens: 424 }
const head = { id: 'chatcmpl-bench', created: 1, model: 'bench' }
const choice = (content: string) => ({ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', logprobs: null })
const asCompletion = (content: string): string => JSON.stringify({ ...head, object: 'chat.completion', choices: [choice(content)], usage })
const asEvent = (fields: object): string => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`

const route = asCompletion(JSON.stringify({ specialty: 'generalist', confidence: 0.9, reason: 'It is a general question.' }))
const whole = asCompletion(pieces.join(''))
const streamed = [
  ...pieces.map((content) => asEvent({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })),
  asEvent({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  asEvent({ choices: [], usage }),
  'data: [DONE]\n\n',
].join('')

const json = (body: string) => ({ body, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } })
const answers = {
  route: json(route),
  whole: json(whole),
  streamed: { body: streamed, headers: { 'content-type': 'text/event-stream', 'content-length': Buffer.byteLength(streamed) } },
}

const speeches = new Map<string, ReturnType<typeof json>>()
const verdict = json(asCompletion(JSON.stringify({ verdict: 'Begin with one part of it.', follows: 'm1', confidence: 0.8, reasons: ['It can be undone.'], would_change: 'A deadline.' })))

/** Everybody holds with themselves, so that no debate ends early. */
function speechOf(speaker: string): ReturnType<typeof json> {
  const known = speeches.get(speaker)
  if (known) return known
  const argument = `${pieces.join('')} `.repeat(8)
  const made = json(asCompletion(JSON.stringify({ position: `What ${speaker} says.`, argument, citations: [], holds_with: speaker, confidence: 0.7 })))
  speeches.set(speaker, made)
  return made
}

function answerTo(request: string) {
  if (request.includes('"name":"speech"')) return speechOf(/You are (m\d+)/.exec(request)?.[1] ?? 'm0')
  return request.includes('"name":"verdict"') ? verdict : answers[choose(request)]
}

function choose(request: string): keyof typeof answers {
  if (request.includes('"response_format"')) return 'route'
  return request.includes('"stream":true') ? 'streamed' : 'whole'
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const { body, headers } = answerTo(Buffer.concat(parts).toString('latin1'))
    const send = () => response.writeHead(200, headers).end(body)
    if (latencyMs === 0) send()
    else setTimeout(send, latencyMs)
  })
}

const server = createServer(answer)
server.keepAliveTimeout = 120_000
await listenAndReport(server, (url) => ({ baseUrl: `${url}/v1` }))
