import { defaultSeed } from './seed.ts'
import type { SeedChannel, SeedUser, WorkspaceSeed } from './seed.ts'

/** A conversation of any kind. `members` has people and the bot. */
export interface Channel {
  readonly id: string
  readonly name: string
  readonly kind: 'channel' | 'group' | 'im' | 'mpim'
  readonly isArchived: boolean
  readonly members: Set<string>
  /** The person at the other end of a direct message. */
  readonly imUser?: string
}

/** Who is here and where they talk. Looked up by id, and channels by name as well. */
export class Directory {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string }
  readonly appId: string
  readonly bot: { readonly userId: string; readonly botId: string; readonly name: string }
  readonly users = new Map<string, SeedUser>()
  readonly channels = new Map<string, Channel>()

  constructor(seed: WorkspaceSeed) {
    this.team = seed.team ?? defaultSeed.team
    this.appId = seed.appId ?? defaultSeed.appId
    this.bot = seed.bot ?? defaultSeed.bot
    for (const user of seed.users ?? defaultSeed.users) this.users.set(user.id, user)
    this.users.set(this.bot.userId, { id: this.bot.userId, name: this.bot.name, realName: 'Murmur', isBot: true })
    for (const channel of seed.channels ?? defaultSeed.channels) this.#addChannel(channel)
    for (const user of this.people()) this.imOf(user.id)
  }

  people(): SeedUser[] {
    return [...this.users.values()].filter((user) => user.isBot !== true)
  }

  user(id: string): SeedUser {
    const user = this.users.get(id)
    if (user === undefined) throw new Error(`Expected a user of the workspace, got "${id}".`)
    return user
  }

  /** @param idOrName an id, a name, or a name behind `#` */
  channel(idOrName: string): Channel | undefined {
    const byId = this.channels.get(idOrName)
    if (byId !== undefined) return byId
    const name = idOrName.startsWith('#') ? idOrName.slice(1) : idOrName
    for (const channel of this.channels.values())
      if (channel.name === name && channel.imUser === undefined) return channel
    return undefined
  }

  /** The direct message between the bot and a person; made when it is not there yet. */
  imOf(userId: string): Channel {
    const id = `D${userId.slice(1)}`
    const known = this.channels.get(id)
    if (known !== undefined) return known
    const im: Channel = {
      id,
      name: id.toLowerCase(),
      kind: 'im',
      isArchived: false,
      members: new Set([userId, this.bot.userId]),
      imUser: userId,
    }
    this.channels.set(id, im)
    return im
  }

  /** A group message of these people and the bot; the same people get the same one. */
  groupMessageOf(userIds: readonly string[]): Channel {
    const members = [...new Set([...userIds, this.bot.userId])].toSorted()
    const name = `mpdm-${members.map((id) => this.user(id).name).join('--')}-1`
    const known = this.channel(name)
    if (known !== undefined) return known
    const group: Channel = {
      id: `G0MPIM${String(this.channels.size).padStart(5, '0')}`,
      name,
      kind: 'mpim',
      isArchived: false,
      members: new Set(members),
    }
    this.channels.set(group.id, group)
    return group
  }

  canSee(userId: string, channelId: string): boolean {
    const channel = this.channels.get(channelId)
    if (channel === undefined) return false
    return channel.members.has(userId) || (channel.kind === 'channel' && this.users.get(userId)?.isGuest !== true)
  }

  #addChannel(seed: SeedChannel): void {
    const members = new Set(seed.members ?? this.users.keys())
    members.add(this.bot.userId)
    const kind = seed.isPrivate === true ? 'group' : 'channel'
    this.channels.set(seed.id, { id: seed.id, name: seed.name, kind, isArchived: seed.isArchived === true, members })
  }
}
