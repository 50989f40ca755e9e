import type { Route } from './http-server.ts'
import { readBody } from './read-body.ts'
import { sendText } from './send-answer.ts'
import type { WorkspaceState } from './workspace-state.ts'

const MAX_BODY_BYTES = 33 * 1024 * 1024

/** `POST /upload/<file id>`: takes the bytes, raw or as the one file of a multipart form (the SDK sends a form). */
export function uploadRoute(state: WorkspaceState): Route {
  return async (id, request, response) => {
    const file = state.files.get(id)
    const contentType = request.headers['content-type'] ?? ''
    const body = await readBody(request, MAX_BODY_BYTES)
    if (file === undefined) {
      sendText(response, 404, 'No such upload.')
      return
    }
    const bytes = contentType.startsWith('multipart/form-data') ? await readForm(body, contentType) : body
    if (bytes === undefined || bytes.length !== file.announcedBytes) {
      sendText(response, 400, `Expected ${file.announcedBytes} bytes.`)
      return
    }
    state.files.fill(file, bytes)
    sendText(response, 200, `OK - ${bytes.length}`)
  }
}

/** `GET /files-pri/<id>/<name>`: the bytes, for a bearer of a token that may read files. */
export function downloadRoute(state: WorkspaceState): Route {
  return async (rest, request, response) => {
    const file = state.files.get(rest.split('/')[0] ?? '')
    const token = request.headers.authorization?.replace(/^Bearer\s+/, '')
    const grant = token === undefined ? undefined : state.tokens.find(token)
    const mayRead = grant?.scopes.has('files:read') === true
    if (file?.bytes === undefined || file.info === undefined) sendText(response, 404, 'No such file.')
    // Slack answers strangers with its sign-in page and status 200, which has fooled many apps.
    else if (!mayRead)
      sendText(response, 200, '<!DOCTYPE html><title>Sign in to Playground</title>', 'text/html; charset=utf-8')
    else {
      const headers = {
        'content-type': file.info.mimetype,
        'content-length': file.bytes.length,
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
      }
      response.writeHead(200, headers).end(file.bytes)
    }
  }
}

async function readForm(body: Buffer, contentType: string): Promise<Buffer | undefined> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData()
  for (const value of form.values()) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer())
  return undefined
}
