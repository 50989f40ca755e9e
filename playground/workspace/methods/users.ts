import { ApiError } from '../api-error.ts'
import type { ApiContext, MethodTable } from '../api-method.ts'
import type { CallArguments } from '../call-arguments.ts'
import type { JsonObject } from '../json-object.ts'
import type { SeedUser } from '../seed.ts'

/** People, the team, the bot, and who a token belongs to. */
export const userMethods: MethodTable = {
  'auth.test': { token: 'any', run: testAuth },
  'auth.revoke': { token: 'any', run: revokeAuth },
  'users.info': { scopes: ['users:read'], run: readUser },
  'users.list': { scopes: ['users:read'], run: listUsers },
  'team.info': {
    scopes: ['team:read'],
    run: (_args, context) => ({ team: { ...context.state.directory.team, email_domain: '', icon: {} } }),
  },
  'bots.info': { scopes: ['users:read'], run: readBot },
}

function testAuth(_args: CallArguments, context: ApiContext): JsonObject {
  const { directory } = context.state
  if (context.grant.kind === 'app') return { app_name: directory.bot.name, app_id: directory.appId }
  return {
    url: `${context.url}/`,
    team: directory.team.name,
    team_id: directory.team.id,
    user: directory.bot.name,
    user_id: context.grant.userId,
    bot_id: directory.bot.botId,
    app_id: directory.appId,
    is_enterprise_install: false,
  }
}

function revokeAuth(args: CallArguments, context: ApiContext): JsonObject {
  const isTest = args.flag('test')
  if (!isTest) context.state.tokens.revoke(context.grant.token)
  return { revoked: !isTest }
}

function readUser(args: CallArguments, context: ApiContext): JsonObject {
  const user = context.state.directory.users.get(args.required('user'))
  if (user === undefined) throw new ApiError('user_not_found')
  return { user: describeUser(user, context) }
}

function listUsers(args: CallArguments, context: ApiContext): JsonObject {
  const users = [...context.state.directory.users.values()]
  const limit = args.integer('limit', 200, 1000)
  const start = Number(args.text('cursor') ?? '0') || 0
  const next = start + limit < users.length ? String(start + limit) : ''
  return {
    members: users.slice(start, start + limit).map((user) => describeUser(user, context)),
    response_metadata: { next_cursor: next },
  }
}

function readBot(args: CallArguments, context: ApiContext): JsonObject {
  const { directory } = context.state
  if (args.required('bot') !== directory.bot.botId) throw new ApiError('bot_not_found')
  return {
    bot: {
      id: directory.bot.botId,
      app_id: directory.appId,
      user_id: directory.bot.userId,
      name: directory.bot.name,
      deleted: false,
      icons: {},
    },
  }
}

export function describeUser(user: SeedUser, context: ApiContext): JsonObject {
  const realName = user.realName ?? user.name
  const isBot = user.isBot === true
  const email =
    context.grant.scopes.has('users:read.email') && !isBot ? { email: `${user.name}@playground.example` } : {}
  return {
    id: user.id,
    team_id: context.state.directory.team.id,
    name: user.name,
    real_name: realName,
    deleted: false,
    tz: 'Etc/UTC',
    tz_label: 'UTC',
    tz_offset: 0,
    profile: {
      real_name: realName,
      display_name: user.name,
      ...email,
      ...(isBot ? { bot_id: context.state.directory.bot.botId } : {}),
    },
    is_admin: user.isAdmin === true,
    is_owner: user.isOwner === true,
    is_primary_owner: user.isOwner === true,
    is_restricted: user.isGuest === true,
    is_ultra_restricted: false,
    is_bot: isBot,
    is_app_user: false,
    updated: 0,
  }
}
