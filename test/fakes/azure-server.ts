import type { ModelDeed } from '../conformance/chat-model.ts'
import { speakCompletions } from './completions-server.ts'
import { DeedServer, sendJson } from './deed-server.ts'

export const azureKey = '0123456789abcdef0123456789abcdef'
const refusal = (status: number, message: string): object => ({ error: { code: String(status), message } })
const speak = speakCompletions(refusal)

/** A resource of Azure OpenAI with one deployment: it knows calls by path, `api-version` and `api-key`, by no other key. */
export function createAzureServer(deeds: readonly ModelDeed[], deployment: string): DeedServer {
  return new DeedServer(deeds, (call, deed) => {
    const { pathname, searchParams } = new URL(call.path, 'http://resource')
    if (call.headers['api-key'] !== azureKey || call.headers.authorization !== undefined)
      return sendJson(call.response, 401, refusal(401, 'Access denied due to invalid subscription key.'))
    if (!/^\d{4}-\d\d-\d\d(?:-preview)?$/.test(searchParams.get('api-version') ?? ''))
      return sendJson(call.response, 404, refusal(404, 'Resource not found'))
    if (pathname !== `/openai/deployments/${deployment}/chat/completions`)
      return sendJson(call.response, 404, { error: { code: 'DeploymentNotFound', message: 'The deployment does not exist.' } })
    speak(call, deed)
  })
}
