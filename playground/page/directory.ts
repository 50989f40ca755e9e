import type { Channel, Member } from './wire.ts'

/** Names of people and channels, for everything that shows or completes a mention. */
export class Directory {
  readonly me: Member
  readonly members: readonly Member[]
  readonly channels: readonly Channel[]

  constructor(me: Member, members: readonly Member[], channels: readonly Channel[]) {
    this.me = me
    this.members = members
    this.channels = channels
  }

  member(id: string): Member | undefined {
    return this.members.find((one) => one.id === id)
  }

  channel(id: string): Channel | undefined {
    return this.channels.find((one) => one.id === id)
  }

  /** Name to show for a person; the id itself when the person is unknown. */
  userName(id: string): string {
    const member = this.member(id)
    return member === undefined ? id : member.isBot ? member.name : member.realName
  }

  /** Name of a channel without '#', of a direct message the other person's. */
  channelName(id: string): string {
    const channel = this.channel(id)
    if (channel === undefined) return id
    return channel.isIm ? this.userName(channel.otherUserId) : channel.name
  }
}
