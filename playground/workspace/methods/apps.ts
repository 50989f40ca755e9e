import { ApiError } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import { checkBlocks } from '../check-blocks.ts'
import { findViewFaults } from '../check-view.ts'
import { asObject } from '../json-object.ts'
import type { JsonObject } from '../json-object.ts'

/** Methods about the app itself and the platform. */
export const appMethods: MethodTable = {
  'api.test': { token: 'none', run: testApi },
  'apps.connections.open': { token: 'app', scopes: ['connections:write'], run: openConnection },
  'blocks.validate': { token: 'any', run: validateBlocks },
  'oauth.v2.access': { token: 'none', run: exchangeCode },
}

function testApi(args: CallArguments): JsonObject {
  const error = args.text('error')
  if (error !== undefined) throw new ApiError(error)
  return { args: args.raw }
}

const MAX_TICKETS = 100

/** Socket Mode: the address of a websocket, good for one connection. */
function openConnection(_args: CallArguments, context: ApiContext): JsonObject {
  const { socketTickets } = context.state
  const ticket = context.state.ids.next('S')
  socketTickets.add(ticket)
  const oldest = socketTickets.keys().next().value
  if (socketTickets.size > MAX_TICKETS && oldest !== undefined) socketTickets.delete(oldest)
  return {
    url: `${context.url.replace(/^http/, 'ws')}/socket?ticket=${ticket}&app_id=${context.state.directory.appId}`,
  }
}

function validateBlocks(args: CallArguments): JsonObject {
  const view = args.object('view', 'invalid_arguments')
  const message = args.object('message', 'invalid_arguments')
  const blocks = args.json('blocks', 'invalid_blocks_format') ?? message?.blocks
  const faults =
    view !== undefined
      ? findViewFaults(view).map((text) => ({ code: 'invalid_view', message: text, pointer: '/view' }))
      : checkBlocks(Array.isArray(blocks) ? blocks : [], 'message').map((item) => ({
          code: item.code,
          message: item.message,
          pointer: `/blocks${item.pointer}`,
        }))
  if (faults.length > 0) throw new ApiError('invalid_blocks', { errors: faults })
  return { errors: [] }
}

/** The last step of an installation: a code from the authorize page becomes a bot token. */
function exchangeCode(args: CallArguments, context: ApiContext): JsonObject {
  const { directory, tokens, oauthCodes, oauthClient } = context.state
  const basic = asObject(args.raw.basic_auth)
  const clientId = args.text('client_id') ?? basic.username
  const clientSecret = args.text('client_secret') ?? basic.password
  if (clientId !== oauthClient.clientId) throw new ApiError('invalid_client_id')
  if (clientSecret !== oauthClient.clientSecret) throw new ApiError('bad_client_secret')
  const grant = oauthCodes.exchange(args.required('code'), args.text('redirect_uri'))
  const bot = tokens.issueBotToken()
  return {
    access_token: bot.token,
    token_type: 'bot',
    scope: tokens.botScopes.join(','),
    bot_user_id: directory.bot.userId,
    app_id: directory.appId,
    team: { id: directory.team.id, name: directory.team.name },
    enterprise: null,
    is_enterprise_install: false,
    authed_user: { id: grant.user },
  }
}
