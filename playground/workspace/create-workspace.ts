import { AppLink } from './app-link.ts'
import { BrowserActs } from './browser-acts.ts'
import { BrowserRoutes } from './browser-routes.ts'
import { HttpServer } from './http-server.ts'
import { Interactions } from './interactions.ts'
import { oauthRoute } from './oauth-route.ts'
import { People } from './people.ts'
import { responseRoute } from './response-route.ts'
import { defaultSeed } from './seed.ts'
import { SocketMode } from './socket-mode.ts'
import { downloadRoute, uploadRoute } from './upload-route.ts'
import { waitFor } from './wait-for.ts'
import { WebApi } from './web-api.ts'
import type { Workspace, WorkspaceOptions } from './workspace.ts'
import { createState } from './workspace-state.ts'
import type { WorkspaceState } from './workspace-state.ts'

const DEFAULT_WAIT_MS = 10_000

/**
 * Starts a fake Slack on this machine: Web API, Events API, commands, interactivity, Socket Mode, and a page for
 * people.
 * Ids are the same in every run. Everything lives in memory and ends with `close`.
 * @throws {Error} when the port is taken
 */
export async function createWorkspace(options: WorkspaceOptions = {}): Promise<Workspace> {
  const seed = options.seed ?? {}
  const state = createState(seed, options.now ?? Date.now, options.limits ?? {})
  const server = new HttpServer()
  const host = options.host ?? '127.0.0.1'
  const url = await server.listen(options.port ?? 0, host)
  const socketMode = new SocketMode(server.raw, state)
  const signingSecret = seed.signingSecret ?? defaultSeed.signingSecret
  const link = new AppLink(
    {
      signingSecret,
      ackMs: options.limits?.ackMs ?? 3000,
      retryDelaysMs: options.retryDelaysMs ?? [0, 1000, 5000],
      isRetrying: options.retry === true,
      wallClock: options.wallClock ?? Date.now,
    },
    state.faults,
    state.changes,
    socketMode,
  )
  const people = new People(state, link, url)
  const interactions = new Interactions(state, link, url)
  const webApi = new WebApi(state, url)
  server.addRoute('/api/', (method, request, response) => webApi.handle(method, request, response))
  server.addRoute('/response/', responseRoute(state))
  server.addRoute('/upload/', uploadRoute(state))
  server.addRoute('/files-pri/', downloadRoute(state))
  server.addRoute('/oauth/v2/authorize', oauthRoute(state))
  const browser = new BrowserRoutes(state, new BrowserActs(state, people, interactions), host)
  if (options.servePage !== false) browser.addTo(server)
  return {
    url,
    apiUrl: `${url}/api/`,
    signingSecret,
    ...identityOf(state, seed.botToken ?? defaultSeed.botToken, seed.appToken ?? defaultSeed.appToken),
    ...actsOf(people, interactions),
    ...looksOf(state),
    connect: (appUrl) => link.connect(appUrl),
    deliver: (raw) => link.deliverRaw(raw),
    refreshSockets: () => socketMode.refresh(),
    faults: state.faults,
    grantScope: (scope) => state.tokens.grantScope(scope),
    revokeScope: (scope) => state.tokens.revokeScope(scope),
    close: async () => {
      browser.close()
      link.close()
      socketMode.close()
      await server.close()
    },
  }
}

function identityOf(
  state: WorkspaceState,
  botToken: string,
  appToken: string,
): Pick<
  Workspace,
  | 'botToken'
  | 'appToken'
  | 'clientId'
  | 'clientSecret'
  | 'teamId'
  | 'botUserId'
  | 'botId'
  | 'appId'
  | 'users'
  | 'channels'
> {
  const { directory, oauthClient } = state
  return {
    botToken,
    appToken,
    ...oauthClient,
    teamId: directory.team.id,
    botUserId: directory.bot.userId,
    botId: directory.bot.botId,
    appId: directory.appId,
    users: directory.people(),
    channels: [...directory.channels.values()],
  }
}

function actsOf(
  people: People,
  interactions: Interactions,
): Pick<
  Workspace,
  | 'say'
  | 'sayAsOtherBot'
  | 'edit'
  | 'delete'
  | 'react'
  | 'openHome'
  | 'stop'
  | 'emit'
  | 'command'
  | 'click'
  | 'clickInView'
  | 'submitView'
  | 'closeView'
  | 'shortcut'
  | 'globalShortcut'
> {
  return {
    say: (input) => people.say(input),
    sayAsOtherBot: (input) => people.sayAsOtherBot(input),
    edit: (input) => people.edit(input),
    delete: (input) => people.delete(input),
    react: (input) => people.react(input),
    openHome: (input) => people.openHome(input),
    stop: (input) => people.stop(input),
    emit: (event, channel) => people.emit(event, channel),
    command: (input) => interactions.command(input),
    click: (input) => interactions.click(input),
    clickInView: (input) => interactions.clickInView(input),
    submitView: (input) => interactions.submitView(input),
    closeView: (input) => interactions.closeView(input),
    shortcut: (input) => interactions.shortcut(input),
    globalShortcut: (input) => interactions.globalShortcut(input),
  }
}

function looksOf(
  state: WorkspaceState,
): Pick<
  Workspace,
  | 'messages'
  | 'thread'
  | 'ephemerals'
  | 'openViews'
  | 'home'
  | 'session'
  | 'statusText'
  | 'prompts'
  | 'calls'
  | 'waitFor'
  | 'onChange'
> {
  const idOf = (channel: string): string => state.directory.channel(channel)?.id ?? channel
  const describe = (): string => {
    const last = state.journal
      .list()
      .slice(-3)
      .map((call) => `${call.method} ${call.error ?? 'ok'}`)
    return `Last calls of the app: ${last.join(', ') || 'none'}.`
  }
  return {
    messages: (channel) => state.board.channel(idOf(channel)).all(),
    thread: (channel, threadTs) => {
      const root = state.board.find(idOf(channel), threadTs)
      return [...(root === undefined ? [] : [root]), ...(state.board.replies(idOf(channel), threadTs)?.all() ?? [])]
    },
    ephemerals: (user) => state.board.ephemerals(user),
    openViews: (user) => state.views.stack(user),
    home: (user) => state.views.home(user)?.content,
    session: (channel, threadTs) => state.sessions.get(idOf(channel), threadTs),
    statusText: (channel, threadTs) => state.sessions.statusText(idOf(channel), threadTs),
    prompts: (channel, threadTs) => state.sessions.prompts(idOf(channel), threadTs),
    calls: (method) => state.journal.list(method),
    waitFor: (what, probe, timeoutMs = DEFAULT_WAIT_MS) => waitFor(state.changes, what, probe, timeoutMs, describe),
    onChange: (listener) => state.changes.subscribe(listener),
  }
}
