import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BrowserActs } from './browser-acts.ts'
import { openEventStream } from './event-stream.ts'
import type { HttpServer } from './http-server.ts'
import { isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import { pageMessage, pageState, pageView } from './page-json.ts'
import { readBody } from './read-body.ts'
import { sendJson, sendText } from './send-answer.ts'
import { StaticFiles } from './static-files.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** Newest messages a channel shows; older ones stay reachable through the Web API. */
const MAX_SHOWN = 1000
const MAX_ACT_BYTES = 48 * 1024 * 1024
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** The browser side: the page, what it reads, what it does, and the live events. */
export class BrowserRoutes {
  readonly #state: WorkspaceState
  readonly #acts: BrowserActs
  readonly #isLoopback: boolean
  readonly #files = new StaticFiles()
  /** `user:channel` -> the newest message they have seen */
  readonly #readMarks = new Map<string, string>()
  readonly #streams = new Set<() => void>()

  constructor(state: WorkspaceState, acts: BrowserActs, host: string) {
    this.#state = state
    this.#acts = acts
    this.#isLoopback = LOOPBACK.has(host)
  }

  addTo(server: HttpServer): void {
    server.addRoute('/', (_rest, _request, response) => this.#files.send('index.html', response))
    server.addRoute('/page/', (path, _request, response) => this.#files.send(path, response))
    server.addRoute('/play/', (what, request, response, query) => this.#play(what, request, response, query))
  }

  close(): void {
    for (const end of this.#streams) end()
  }

  async #play(what: string, request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
    if (!this.#isFromHere(request)) sendText(response, 403, 'The playground answers only under its own address.')
    else if (what === 'act') await this.#act(request, response)
    else if (request.method !== 'GET') sendText(response, 405, 'Only GET here.')
    else this.#look(what, query, response)
  }

  /** Another site cannot reach in: neither under a name of its own (DNS rebinding) nor with a form (JSON only). */
  #isFromHere(request: IncomingMessage): boolean {
    if (!this.#isLoopback) return true
    const name = (request.headers.host ?? '').replace(/:\d+$/, '')
    const origin = request.headers.origin
    return LOOPBACK.has(name) && (origin === undefined || origin === `http://${request.headers.host ?? ''}`)
  }

  #look(what: string, query: URLSearchParams, response: ServerResponse): void {
    const user = this.#state.directory.users.get(query.get('user') ?? '')
    if (user === undefined) {
      sendJson(response, 400, { ok: false, error: 'Expected the id of a person in "user".' })
      return
    }
    const channel = query.get('channel') ?? ''
    if ((what === 'messages' || what === 'thread') && !this.#state.directory.canSee(user.id, channel)) {
      sendJson(response, 404, { ok: false, error: 'No such channel for this person.' })
      return
    }
    switch (what) {
      case 'state':
        return sendJson(
          response,
          200,
          pageState(this.#state, user, (id) => this.#unread(user.id, id)),
        )
      case 'messages':
        return sendJson(response, 200, this.#messages(user.id, channel))
      case 'thread':
        return sendJson(response, 200, this.#thread(user.id, channel, query.get('ts') ?? ''))
      case 'home': {
        const home = this.#state.views.home(user.id)
        return sendJson(response, 200, { view: home === undefined ? null : pageView(home) })
      }
      case 'views':
        return sendJson(response, 200, { views: this.#state.views.stack(user.id).map((view) => pageView(view)) })
      case 'file':
        return this.#file(user.id, query.get('id') ?? '', response)
      case 'events':
        return this.#listen(user.id, response)
      default:
        sendJson(response, 404, { ok: false, error: `Nothing called "${what}" to look at.` })
    }
  }

  #messages(user: string, channel: string): JsonObject {
    const { messages } = this.#state.board.channel(channel).slice({}, MAX_SHOWN, 'newest')
    const mine = this.#state.board.ephemerals(user).filter((message) => message.channel === channel)
    const last = messages.at(-1)
    if (last !== undefined) this.#readMarks.set(`${user}:${channel}`, last.ts)
    const shown = [...messages, ...mine].toSorted((one, other) => (one.ts < other.ts ? -1 : 1))
    const roots = messages.filter((message) => message.threadTs === undefined)
    return {
      messages: shown.map((message) => pageMessage(this.#state, message)),
      prompts: this.#state.sessions.prompts(channel) ?? { prompts: [] },
      sessions: roots.flatMap((root) => {
        const session = this.#state.sessions.get(channel, root.ts)
        return session === undefined ? [] : [{ ...session, threadTs: root.ts }]
      }),
      statuses: roots
        .map((root) => ({ threadTs: root.ts, status: this.#state.sessions.statusText(channel, root.ts) }))
        .filter((item) => item.status !== ''),
    }
  }

  #thread(user: string, channel: string, ts: string): JsonObject {
    const root = this.#state.board.find(channel, ts)
    const replies = this.#state.board.replies(channel, ts)?.all() ?? []
    const mine = this.#state.board
      .ephemerals(user)
      .filter((message) => message.channel === channel && message.threadTs === ts)
    const session = this.#state.sessions.get(channel, ts)
    return {
      messages: [...(root === undefined ? [] : [root]), ...replies, ...mine].map((message) =>
        pageMessage(this.#state, message),
      ),
      status: { status: this.#state.sessions.statusText(channel, ts) },
      ...(session === undefined ? {} : { session }),
    }
  }

  #unread(user: string, channel: string): number {
    const mark = this.#readMarks.get(`${user}:${channel}`) ?? ''
    return this.#state.board.channel(channel).countAfter(mark)
  }

  /** The browser has no token; it may read what stands in a message that the person may see, and their own. */
  #file(user: string, id: string, response: ServerResponse): void {
    const file = this.#state.files.get(id)
    if (
      file?.bytes === undefined ||
      file.info === undefined ||
      !this.#state.files.isVisibleTo(file, (channel) => this.#state.directory.canSee(user, channel))
    ) {
      sendText(response, 404, 'No such file for this person.')
      return
    }
    const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.info.mimetype)
    response.writeHead(200, {
      'content-type': isPicture ? file.info.mimetype : 'application/octet-stream',
      'content-length': file.bytes.length,
      'x-content-type-options': 'nosniff',
      'content-disposition': isPicture ? 'inline' : `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    })
    response.end(file.bytes)
  }

  #listen(user: string, response: ServerResponse): void {
    const end = openEventStream(this.#state, user, response)
    this.#streams.add(end)
    response.on('close', () => this.#streams.delete(end))
  }

  async #act(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST' || request.headers['content-type']?.startsWith('application/json') !== true) {
      sendJson(response, 415, { ok: false, error: 'Expected a POST with JSON.' })
      return
    }
    try {
      const input: unknown = JSON.parse((await readBody(request, MAX_ACT_BYTES)).toString('utf8'))
      sendJson(response, 200, { ok: true, ...(await this.#acts.run(isJsonObject(input) ? input : {})) })
    } catch (error) {
      sendJson(response, 400, { ok: false, error: error instanceof Error ? error.message : String(error) })
    }
  }
}
