import type { ApiContext } from './api-method.ts'
import type { Channel } from './directory.ts'
import { missingScope } from './read-persona.ts'

const SCOPE_NAMES = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' } as const

/**
 * Slack has a scope for each kind of conversation: `groups:history` for private channels, `im:read` for direct
 * messages.
 * @throws {ApiError} missing_scope
 */
export function requireChannelScope(
  context: ApiContext,
  kind: Channel['kind'],
  right: 'read' | 'write' | 'history',
): void {
  const scope = `${SCOPE_NAMES[kind]}:${right}`
  if (!context.grant.scopes.has(scope)) throw missingScope(context, scope)
}
