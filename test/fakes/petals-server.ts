import type { ModelDeed } from '../conformance/chat-model.ts'
import { DeedServer, sendJson } from './deed-server.ts'

const traceback = (line: string): object => ({
  ok: false,
  traceback: `Traceback (most recent call last):\n  File "/app/http_api.py", line 17, in http_api_generate\n${line}\n`,
})

/** The chat backend of Petals: a form in, `{ ok, outputs }` out; every failure of its own is a traceback with status 200. */
export function createPetalsServer(deeds: readonly ModelDeed[], known = 'acme-small'): DeedServer {
  return new DeedServer(deeds, ({ path, headers, body, response }, deed) => {
    if (path !== '/api/v1/generate' || headers['content-type'] !== 'application/x-www-form-urlencoded')
      return sendJson(response, 404, '<h1>Not Found</h1>')
    const form = new URLSearchParams(body)
    if (form.get('model') !== known) return sendJson(response, 200, traceback(`KeyError: '${form.get('model')}'`))
    if (!form.has('max_new_tokens') || !form.has('inputs')) return sendJson(response, 200, traceback('ValueError: no length given'))
    if ('say' in deed) return sendJson(response, 200, { ok: true, outputs: `${deed.say}\n\n### User:\nAnd now?` })
    if (!('fail' in deed)) return sendJson(response, 200, traceback('ValueError: no tools here'))
    // A proxy stands before every public backend; these two are its words.
    if (deed.fail === 'busy') sendJson(response, 429, '<h1>Too Many Requests</h1>', { 'retry-after': '2' })
    else if (deed.fail === 'refused') sendJson(response, 401, '<h1>Unauthorized</h1>')
    else sendJson(response, 200, '{"ok": tr')
  })
}
