import type { Directory } from '../directory.ts'
import { readList, readObject, readText, readTexts, type Json } from '../read-json.ts'
import { readTextObject } from '../read-text-object.ts'
import type { Channel } from '../wire.ts'

/** One choice of a select, radio group or list of checkboxes. */
export interface Option {
  readonly value: string
  readonly label: string
  readonly description: string
  readonly group: string
  /** The text object as it came, for the elements that may format it. */
  readonly textObject: Json
}

const maxOptions = 200

/** Lists the choices of an element: its own options and groups, or the workspace's people and channels. */
export function listOptions(element: Json, directory: Directory): readonly Option[] {
  const type = readText(element['type']).replace(/^multi_/, '')
  if (type === 'users_select') return directory.members.map((one) => plain(one.id, directory.userName(one.id)))
  if (type === 'channels_select') return namesOf(directory.channels.filter((one) => !one.isIm), directory)
  if (type === 'conversations_select') return conversations(element, directory)
  const groups = readList(element['option_groups'])
  const grouped = groups.flatMap((group) =>
    readList(group['options']).map((option) => readOption(option, readTextObject(group['label']))),
  )
  return [...readList(element['options']).map((option) => readOption(option, '')), ...grouped].slice(0, maxOptions)
}

/** Returns the values an element starts with. */
export function initialValues(element: Json): readonly string[] {
  const single =
    readText(readObject(element['initial_option'])['value'])
    || readText(element['initial_user'])
    || readText(element['initial_channel'])
    || readText(element['initial_conversation'])
  const several = readList(element['initial_options']).map((option) => readText(option['value']))
  const ids = ['initial_users', 'initial_channels', 'initial_conversations'].flatMap((name) => readTexts(element[name]))
  return [...(single === '' ? [] : [single]), ...several, ...ids]
}

function conversations(element: Json, directory: Directory): readonly Option[] {
  const kinds = readTexts(readObject(element['filter'])['include'])
  return namesOf(directory.channels.filter((one) => kinds.length === 0 || kinds.includes(kindOf(one))), directory)
}

const kindOf = ({ isIm, isPrivate }: Channel): string => (isIm ? 'im' : isPrivate ? 'private' : 'public')

function namesOf(channels: readonly Channel[], directory: Directory): readonly Option[] {
  return channels.map((one) => plain(one.id, one.isIm ? directory.channelName(one.id) : `#${one.name}`))
}

function plain(value: string, label: string): Option {
  return { value, label, description: '', group: '', textObject: { type: 'plain_text', text: label } }
}

function readOption(option: Json, group: string): Option {
  return {
    value: readText(option['value']),
    label: readTextObject(option['text']),
    description: readTextObject(option['description']),
    group,
    textObject: readObject(option['text']),
  }
}
