import { MurmurError } from '../errors.ts'
import type { Command } from './command.ts'
import type { ExportedFile } from './config-exchange.ts'
import { requireAdmin } from './permissions.ts'

const askOne = 'Ask one of them to do it.'

/** A file above this does not fit into a reply beside the others. */
const maxFileChars = 3_000
const maxImportChars = 100_000

const exportCommand: Command = {
  word: 'export',
  usage: '/swarm export [file]',
  summary: 'the configuration files in force here, for admins',
  async run(deps, call) {
    await requireAdmin(deps, call, 'Reading the configuration', askOne)
    const files = await deps.config.exportFiles(call.workspaceId)
    const wanted = call.text === '' ? files : files.filter(({ name }) => name === call.text || name === `${call.text}.json`)
    if (wanted.length === 0) throw unknownFile(call.text, files)
    const parts = wanted.map((file) => describeFile(file, wanted.length === 1))
    return [...parts, '`/swarm import { "agents.json": { … } }` takes the same; `null` for a file brings the installation\'s back.'].join('\n')
  },
}

const importCommand: Command = {
  word: 'import',
  usage: '/swarm import <json>',
  summary: 'takes configuration files for new runs here, for admins',
  async run(deps, call) {
    await requireAdmin(deps, call, 'Changing the configuration', askOne)
    try {
      const names = await deps.config.importFiles(call.workspaceId, readPastedJson(call.text), call.userId)
      return `Imported ${names.map((name) => `\`${name}\``).join(', ')}. This counts for new runs of this workspace; runs under way go on as they began.`
    } catch (error) {
      // Here it is not the operator's configuration that is wrong, but what was pasted.
      if (!(error instanceof MurmurError) || error.code !== 'MUR_CONFIG_INVALID') throw error
      return `:warning: Nothing was imported:\n${escapeText(String(error.details['problems']))}`
    }
  },
}

export const configCommands: readonly Command[] = [exportCommand, importCommand]

/** Compact, so that what people wrote with much space fits; alone, a file may have the room of all four. */
function describeFile({ name, json, isOwn }: ExportedFile, isAlone: boolean): string {
  const origin = isOwn ? "this workspace's own" : "the installation's"
  const text = JSON.stringify({ [name]: JSON.parse(json) as unknown })
  const room = isAlone ? 4 * maxFileChars : maxFileChars
  if (text.length <= room) return `*${name}* (${origin}):\n\`\`\`${escapeText(text)}\`\`\``
  const size = text.length.toLocaleString('en-US')
  const way = isAlone ? 'read it in the configuration folder' : `try \`/swarm export ${name}\``
  return `*${name}* (${origin}) has ${size} characters, more than the ${room.toLocaleString('en-US')} that fit here: ${way}.`
}

/**
 * JSON as people paste it after a command.
 * @param example what shows the form
 * @throws {MurmurError} MUR_USAGE for what is no JSON
 */
export function readPastedJson(text: string, command = '/swarm import', example = '/swarm export'): unknown {
  if (text === '' || text.length > maxImportChars) {
    const found = text === '' ? 'nothing' : `${text.length.toLocaleString('en-US')} characters`
    throw new MurmurError('MUR_USAGE', { wanted: `JSON of up to ${maxImportChars.toLocaleString('en-US')} characters`, found, hint: `\`${example}\` shows the form.` })
  }
  const plain = undoSlackMarkup(text)
  for (const candidate of [plain, plain.replaceAll(/[“”]/g, '"')]) {
    try {
      return JSON.parse(candidate)
    } catch {
      // The second try has the quotes that phones make.
    }
  }
  throw new MurmurError('MUR_USAGE', { wanted: `JSON after \`${command}\``, found: 'text that is no JSON', hint: `\`${example}\` shows the form.` })
}

/** Slack wraps addresses and mentions that it finds in a command's text, and people paste code blocks. */
function undoSlackMarkup(text: string): string {
  const bare = text.replace(/^```(?:json)?\s*/, '').replace(/\s*```$/, '')
  return bare.replaceAll(/<(https?:\/\/[^|>\s]+)(?:\|[^>]*)?>/g, '$1').replaceAll(/<[@#]([A-Z0-9]+)(?:\|[^>]*)?>/g, '$1')
}

function unknownFile(name: string, files: readonly ExportedFile[]): MurmurError {
  const wanted = files.map((file) => `\`${file.name}\``).join(', ')
  return new MurmurError('MUR_USAGE', { wanted: `one of ${wanted}`, found: `\`${name.slice(0, 40)}\`` })
}

const escapeText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
