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
import { WebApi } from './web-api.ts'
import { actsOf } from './workspace-acts.ts'
import { looksOf } from './workspace-looks.ts'
import type { Workspace, WorkspaceIdentity, WorkspaceOptions } from './workspace.ts'
import { createState } from './workspace-state.ts'
import type { WorkspaceState } from './workspace-state.ts'

/**
 * Starts a fake Slack on this machine: Web API, Events API, commands, interactivity, Socket Mode, and a page for
 * people.
 * Ids are the same in every run. Everything lives in memory and ends with `close`.
 * @throws {Error} when the port is taken
 */
export async function createWorkspace(options: WorkspaceOptions = {}): Promise<Workspace> {
  const state = createState(options.seed ?? {}, options.now ?? Date.now, options.limits ?? {})
  const server = new HttpServer()
  const host = options.host ?? '127.0.0.1'
  const url = await server.listen(options.port ?? 0, host)
  const socketMode = new SocketMode(server.raw, state)
  const identity = identityOf(state)
  const link = new AppLink(
    {
      signingSecret: identity.signingSecret,
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
  server.addRoute(
    '/oauth/v2/authorize',
    oauthRoute(state, () => link.appUrl),
  )
  const browser = new BrowserRoutes(state, new BrowserActs(state, people, interactions), host)
  if (options.servePage !== false) browser.addTo(server)
  return {
    url,
    apiUrl: `${url}/api/`,
    ...identity,
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

function identityOf(state: WorkspaceState): WorkspaceIdentity {
  const { directory, oauthClient, seed } = state
  return {
    signingSecret: seed.signingSecret ?? defaultSeed.signingSecret,
    botToken: seed.botToken ?? defaultSeed.botToken,
    appToken: seed.appToken ?? defaultSeed.appToken,
    ...oauthClient,
    teamId: directory.team.id,
    botUserId: directory.bot.userId,
    botId: directory.bot.botId,
    appId: directory.appId,
    users: directory.people(),
    channels: [...directory.channels.values()],
  }
}
