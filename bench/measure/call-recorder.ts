/** A call that went out: the path behind the base address, and what its body said. */
export interface RecordedCall {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

/**
 * Notes what a run sends, so that the bare clients can send exactly the same. It stands before `fetch` for the life of
 * the process, because clients keep the function they were made with, and costs one comparison when it does not record.
 */
export class CallRecorder {
  #calls: RecordedCall[] | undefined

  static install(): CallRecorder {
    const recorder = new CallRecorder()
    const send = globalThis.fetch
    globalThis.fetch = (input, init) => {
      recorder.#note(input, init)
      return send(input, init)
    }
    return recorder
  }

  async record(work: () => Promise<unknown>): Promise<RecordedCall[]> {
    const calls: RecordedCall[] = []
    this.#calls = calls
    await work().finally(() => (this.#calls = undefined))
    return calls
  }

  #note(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): void {
    if (!this.#calls) return
    const url = new URL(input instanceof Request ? input.url : input)
    this.#calls.push({ path: url.pathname, body: readBody(init?.body) })
  }
}

function readBody(body: unknown): Record<string, unknown> {
  const text = body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : ''
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : Object.fromEntries(new URLSearchParams(text))
}
