import { request } from 'node:http'
import type { Agent } from 'node:http'
import type { Answer } from './delivery.ts'

const MAX_ANSWER_BYTES = 1024 * 1024

/** Posts one body to the app and waits for the whole answer, at most `timeoutMs`; never throws. */
export function postToApp(
  address: string,
  body: string,
  headers: { readonly [name: string]: string },
  agent: Agent,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let size = 0
    let isLate = false
    const outgoing = request(address, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body), 'user-agent': 'Slackbot 1.0 (playground)' },
    })
    const timer = setTimeout(() => {
      isLate = true
      outgoing.destroy()
    }, timeoutMs)
    const settle = (answer: Answer): void => {
      clearTimeout(timer)
      resolve(answer)
    }
    outgoing.on('error', () =>
      settle({ httpStatus: 0, error: isLate ? 'http_timeout' : 'connection_failed', text: '' }),
    )
    outgoing.on('response', (response) => {
      response.on('data', (part: Buffer) => {
        size += part.length
        if (size <= MAX_ANSWER_BYTES) parts.push(part)
      })
      response.on('error', () =>
        settle({ httpStatus: 0, error: isLate ? 'http_timeout' : 'connection_failed', text: '' }),
      )
      response.on('end', () => {
        const httpStatus = response.statusCode ?? 0
        const isGood = httpStatus >= 200 && httpStatus < 300
        settle({
          httpStatus,
          text: Buffer.concat(parts).toString('utf8'),
          isRetryRefused: response.headers['x-slack-no-retry'] === '1',
          ...(isGood ? {} : { error: 'http_error' as const }),
        })
      })
    })
    outgoing.end(body)
  })
}
