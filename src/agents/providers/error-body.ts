/**
 * Makes refusals of compatible servers readable to the SDK, which knows only `{ error: { message } }` and drops the
 * rest: vLLM and FastAPI say `{ message }` or `{ detail }`, Ollama `{ error: "..." }`, proxies plain text.
 */
export function withReadableErrors(request: typeof fetch): typeof fetch {
  return async (url, init) => {
    const response = await request(url, init)
    if (response.ok) return response
    const body = JSON.stringify({ error: readError(await response.text()) })
    const headers = new Headers(response.headers)
    headers.delete('content-length')
    headers.delete('content-encoding')
    headers.set('content-type', 'application/json')
    return new Response(body, { status: response.status, statusText: response.statusText, headers })
  }
}

const maxMessage = 2_000

function readError(text: string): unknown {
  const body = parse(text)
  if (typeof body !== 'object' || body === null) return { message: text.slice(0, maxMessage) }
  if ('error' in body && typeof body.error === 'object' && body.error !== null) return body.error
  for (const name of ['error', 'message', 'detail', 'errors']) {
    const value: unknown = (body as Record<string, unknown>)[name]
    if (value === undefined || value === null) continue
    return { ...body, message: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, maxMessage) }
  }
  return { message: text.slice(0, maxMessage) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
