/** A person (or bot) of the workspace. A guest is `is_restricted` to Slack. */
export interface SeedUser {
  readonly id: string
  readonly name: string
  readonly realName?: string
  readonly isAdmin?: boolean
  readonly isOwner?: boolean
  readonly isGuest?: boolean
  readonly isBot?: boolean
}

/** A channel; without `members` everybody and the bot belong to it. */
export interface SeedChannel {
  readonly id: string
  readonly name: string
  readonly isPrivate?: boolean
  readonly isArchived?: boolean
  readonly members?: readonly string[]
}

/** How a workspace starts. What is left out comes from {@link defaultSeed}. */
export interface WorkspaceSeed {
  readonly team?: { readonly id: string; readonly name: string; readonly domain: string }
  readonly users?: readonly SeedUser[]
  readonly channels?: readonly SeedChannel[]
  readonly appId?: string
  readonly bot?: { readonly userId: string; readonly botId: string; readonly name: string }
  readonly botToken?: string
  readonly appToken?: string
  readonly signingSecret?: string
  readonly oauth?: { readonly clientId: string; readonly clientSecret: string }
  /** Scopes of the bot token; the default has all that the served methods ask for. */
  readonly scopes?: readonly string[]
  /** Event subscriptions of the manifest, for example `message.channels`; the default subscribes to everything. */
  readonly events?: readonly string[]
  readonly commands?: readonly { readonly command: string; readonly description: string; readonly usageHint?: string }[]
  readonly shortcuts?: readonly {
    readonly name: string
    readonly callbackId: string
    readonly type: 'message' | 'global'
    readonly description?: string
  }[]
  /** Shown on top of the page, for example "offline model". */
  readonly banner?: string
}

const users: readonly SeedUser[] = [
  { id: 'U0ALICE0001', name: 'alice', realName: 'Alice Archer', isAdmin: true, isOwner: true },
  { id: 'U0BOB000001', name: 'bob', realName: 'Bob Baker' },
  { id: 'U0CAROL0001', name: 'carol', realName: 'Carol Cook', isGuest: true },
]

const channels: readonly SeedChannel[] = [
  { id: 'C0GENERAL01', name: 'general' },
  { id: 'C0AILAB0001', name: 'ai-lab' },
  { id: 'G0LAB000001', name: 'lab', isPrivate: true, members: ['U0ALICE0001'] },
]

const scopes: readonly string[] = [
  'app_mentions:read',
  'assistant:write',
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'chat:write.customize',
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'im:history',
  'im:read',
  'im:write',
  'mpim:history',
  'mpim:read',
  'mpim:write',
  'reactions:read',
  'reactions:write',
  'team:read',
  'users:read',
  'users:read.email',
]

export const defaultSeed = {
  team: { id: 'T0MURMUR001', name: 'Playground', domain: 'playground' },
  users,
  channels,
  appId: 'A0MURMUR001',
  bot: { userId: 'U0MURMUR001', botId: 'B0MURMUR001', name: 'murmur' },
  botToken: 'xoxb-playground-0001',
  appToken: 'xapp-playground-0001',
  signingSecret: 'playground-signing-secret',
  oauth: { clientId: '1000000000001.2000000000002', clientSecret: 'playground-client-secret' },
  scopes,
  commands: [],
  shortcuts: [],
} as const satisfies WorkspaceSeed
