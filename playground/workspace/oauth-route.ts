import type { Route } from './http-server.ts'
import { sendText } from './send-answer.ts'
import type { WorkspaceState } from './workspace-state.ts'

/**
 * `GET /oauth/v2/authorize`: the page on which an admin allows the app. With `user` in the query it is answered at once
 * (for tests); without, a small page offers Allow and Cancel. Without a redirect_uri the app's own one is taken.
 */
export function oauthRoute(state: WorkspaceState, findAppUrl: () => string | undefined): Route {
  return async (_rest, _request, response, query) => {
    const redirectUri = query.get('redirect_uri') ?? `${findAppUrl() ?? ''}/slack/oauth_redirect`
    if (query.get('client_id') !== state.oauthClient.clientId) {
      sendText(response, 400, 'invalid_client_id')
      return
    }
    if (!/^https?:\/\//.test(redirectUri)) {
      sendText(response, 400, 'bad_redirect_uri')
      return
    }
    const back = (parameters: { readonly [name: string]: string }): string => {
      const address = new URL(redirectUri)
      for (const [name, value] of Object.entries({ ...parameters, state: query.get('state') ?? '' }))
        address.searchParams.set(name, value)
      return address.toString()
    }
    const user = query.get('user')
    if (user === null) {
      sendText(response, 200, choicePage(state, query, back({ error: 'access_denied' })), 'text/html; charset=utf-8')
      return
    }
    const isAllowed = state.directory.users.get(user)?.isAdmin === true
    const location = isAllowed
      ? back({ code: state.oauthCodes.create(user, redirectUri) })
      : back({ error: 'access_denied' })
    response.writeHead(302, { location, 'content-length': 0 }).end()
  }
}

function choicePage(state: WorkspaceState, query: URLSearchParams, cancelAddress: string): string {
  const { directory } = state
  const admin = directory.people().find((user) => user.isAdmin === true)
  const allow = new URLSearchParams(query)
  allow.set('user', admin?.id ?? '')
  const scopes = (query.get('scope') ?? '').split(',').filter((scope) => scope !== '')
  const [botName, teamName] = [escape(directory.bot.name), escape(directory.team.name)]
  return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Allow ${botName}?</title>
<body style="font: 16px system-ui; max-width: 32rem; margin: 4rem auto">
<h1>${botName} asks to enter ${teamName}</h1>
<p>As ${escape(admin?.name ?? 'nobody')}, an admin of this workspace, you may allow:</p>
<ul>${scopes.map((scope) => `<li><code>${escape(scope)}</code></li>`).join('')}</ul>
<p><a href="?${escape(allow.toString())}">Allow</a> · <a href="${escape(cancelAddress)}">Cancel</a></p></body></html>`
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
