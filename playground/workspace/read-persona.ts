import { ApiError } from './api-error.ts'
import type { ApiContext } from './api-method.ts'
import type { CallArguments } from './call-arguments.ts'

/** Name and icon of a persona. @throws {ApiError} missing_scope without chat:write.customize */
export function readPersona(
  args: CallArguments,
  context: ApiContext,
): { username?: string; iconEmoji?: string; iconUrl?: string } {
  const [username, iconEmoji, iconUrl] = [args.text('username'), args.text('icon_emoji'), args.text('icon_url')]
  if (username === undefined && iconEmoji === undefined && iconUrl === undefined) return {}
  if (!context.grant.scopes.has('chat:write.customize')) throw missingScope(context, 'chat:write.customize')
  return {
    ...(username === undefined ? {} : { username }),
    ...(iconEmoji === undefined ? {} : { iconEmoji }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
  }
}

export const missingScope = (context: ApiContext, needed: string): ApiError =>
  new ApiError('missing_scope', { needed, provided: [...context.grant.scopes].join(',') })
