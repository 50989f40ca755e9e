import { readObject, readText, type Json } from './read-json.ts'

/** Speaks to the workspace server that served this page, as one person. */
export class WorkspaceClient {
  readonly user: string

  constructor(user: string) {
    this.user = user
  }

  /** Reads something: `state`, `messages`, `thread`, `home` or `views`. */
  async look(what: string, parameters: Readonly<Record<string, string>> = {}): Promise<Json> {
    const response = await fetch(`/play/${what}?${new URLSearchParams({ ...parameters, user: this.user }).toString()}`)
    if (!response.ok) throw new Error(`The workspace answered ${response.status} to ${what}.`)
    return readObject(await response.json())
  }

  /**
   * Does something as this person.
   * @returns the workspace's answer: an `error` when it refused or could not be reached; what the app answered
   * otherwise
   */
  async act(action: string, parameters: Json = {}): Promise<Json> {
    try {
      const response = await fetch('/play/act', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action, user: this.user, ...parameters }),
      })
      const answer = readObject(await response.json())
      return response.ok ? answer : { error: `${response.status}`, ...answer }
    } catch (error) {
      return { error: error instanceof Error ? error.message : 'The workspace cannot be reached.' }
    }
  }

  /** Address of a file's content. */
  fileUrl(fileId: string): string {
    return `/play/file?${new URLSearchParams({ id: fileId, user: this.user }).toString()}`
  }

  /**
   * Listens to what changes. The browser reconnects by itself; `onOpen` is called each time, to ask for what was
   * missed.
   * @returns a function that stops listening
   */
  listen(onOpen: () => void, onEvent: (event: Json) => void, onLost: () => void): () => void {
    const source = new EventSource(`/play/events?${new URLSearchParams({ user: this.user }).toString()}`)
    source.addEventListener('open', onOpen)
    source.addEventListener('error', onLost)
    source.addEventListener('message', (event) => onEvent(parse(readText(event.data))))
    return () => source.close()
  }
}

function parse(text: string): Json {
  try {
    return readObject(JSON.parse(text))
  } catch {
    return {}
  }
}
