import type { CallArguments } from './call-arguments.ts'
import type { JsonObject } from './json-object.ts'
import type { TokenGrant } from './token-book.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** What a method may use besides its arguments. */
export interface ApiContext {
  readonly state: WorkspaceState
  readonly grant: TokenGrant
  /** Address of this server without a slash at the end. */
  readonly url: string
}

/** One Web API method. `token` says who may call it; the default is a bot token. */
export interface ApiMethod {
  readonly token?: 'bot' | 'app' | 'any' | 'none'
  readonly scopes?: readonly string[]
  /** @returns the answer without `ok`. @throws {ApiError} with Slack's code */
  run(args: CallArguments, context: ApiContext): JsonObject | Promise<JsonObject>
}

/** Methods by their Slack name. */
export type MethodTable = { readonly [name: string]: ApiMethod }
