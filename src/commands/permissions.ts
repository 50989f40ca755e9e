import { MurmurError } from '../errors.ts'
import type { CommandCall, CommandDeps } from './command.ts'

/**
 * Asked anew at each action, on the server side.
 * @param action what only admins may do, as the beginning of a sentence
 * @throws {MurmurError} MUR_NOT_ALLOWED
 */
export async function requireAdmin({ isAdmin }: Pick<CommandDeps, 'isAdmin'>, { workspaceId, userId }: Pick<CommandCall, 'workspaceId' | 'userId'>, action: string, hint = 'Ask an owner or admin of this workspace.'): Promise<void> {
  if (!(await isAdmin(workspaceId, userId))) throw new MurmurError('MUR_NOT_ALLOWED', { action, who: 'admins', hint })
}
