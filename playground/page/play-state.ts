import { Directory } from './directory.ts'
import type { Shortcut } from './message-toolbar.ts'
import { readList, readObject, readText, type Json } from './read-json.ts'
import { readChannel, readMember } from './wire.ts'

/** A slash command of the app, as its manifest describes it. */
export interface SlashCommand {
  readonly command: string
  readonly description: string
  readonly usageHint: string
}

/** The workspace as one person sees it. */
export interface PlayState {
  readonly teamName: string
  readonly directory: Directory
  readonly botUserId: string
  readonly commands: readonly SlashCommand[]
  readonly shortcuts: readonly Shortcut[]
  readonly faults: readonly Json[]
  readonly banner: string
}

/** Reads what the server says about the workspace. */
export function readPlayState(json: Json): PlayState {
  const members = readList(json['users']).map(readMember)
  const botUserId = readText(json['botUserId']) || (members.find((one) => one.isBot)?.id ?? '')
  // A direct message is with the app unless the server says otherwise.
  const channels = readList(json['channels'])
    .map(readChannel)
    .map((channel) => (channel.isIm && channel.otherUserId === '' ? { ...channel, otherUserId: botUserId } : channel))
  return {
    teamName: readText(readObject(json['team'])['name']) || 'Workspace',
    botUserId,
    directory: new Directory(readMember(readObject(json['me'])), members, channels),
    commands: readList(json['commands']).map((one) => ({
      command: readText(one['command']),
      description: readText(one['description']),
      usageHint: readText(one['usageHint']),
    })),
    shortcuts: readList(json['shortcuts']).map((one) => ({
      callbackId: readText(one['callbackId']),
      name: readText(one['name']),
      description: readText(one['description']),
      type: readText(one['type']),
    })),
    faults: readList(json['faults']),
    banner: readText(readObject(json['banner'])['text']) || readText(json['banner']),
  }
}
