import type { Directory } from './directory.ts'
import type { PlayState } from './play-state.ts'
import { readList, readNumber, readText, type Json, readTexts } from './read-json.ts'
import { encodeTyped } from './typed-text.ts'
import type { WorkspaceClient } from './workspace-client.ts'

/** Where a typed message goes. `threadTs` is '' in the channel itself. */
export interface Destination {
  readonly channel: string
  readonly threadTs: string
}

/** How sending went: `notice` is for the person alone, as Slackbot would say it. */
export interface Sent {
  readonly notice: string
  readonly answer: Json
}

/** Sends what a person typed: a slash command, a message with files, or a message. */
export async function sendTyped(
  text: string,
  files: readonly File[],
  to: Destination,
  state: PlayState,
  client: WorkspaceClient,
): Promise<Sent> {
  const command = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(text)
  if (command !== null && files.length === 0) return sendCommand(command[1] ?? '', command[2] ?? '', to, state, client)
  const common = {
    channel: to.channel,
    text: encodeTyped(text, state.directory),
    ...(to.threadTs !== '' && { threadTs: to.threadTs }),
  }
  const answer =
    files.length === 0
      ? await client.act('say', common)
      : await client.act('upload', { ...common, files: await Promise.all(files.map(readFile)) })
  return {
    notice: readText(answer['error']) === '' ? '' : `Your message could not be sent: ${readText(answer['error'])}`,
    answer,
  }
}

async function sendCommand(
  command: string,
  text: string,
  to: Destination,
  state: PlayState,
  client: WorkspaceClient,
): Promise<Sent> {
  const known = state.commands.some((one) => one.command === command)
  if (!known) {
    const rule = 'In Slack, all messages that start with the "/" character are interpreted as commands.'
    const notice = `\`${command}\` is not a valid command. ${rule}`
    return { notice, answer: {} }
  }
  // Slack has no slash commands of apps in threads: https://docs.slack.dev/interactivity/implementing-slash-commands
  if (to.threadTs !== '') return { notice: `\`${command}\` is not supported in threads. Sorry!`, answer: {} }
  const answer = await client.act('command', {
    channel: to.channel,
    command,
    text: encodeCommand(text, state.directory),
  })
  const failure = readFailure(answer)
  return { notice: failure === '' ? '' : `${command} failed with the error "${failure}"`, answer }
}

/** Uploads files that a form holds. @returns their ids; none when the workspace did not take them */
export async function stageFiles(files: readonly File[], client: WorkspaceClient): Promise<readonly string[]> {
  if (files.length === 0) return []
  return readTexts((await client.act('stage', { files: await Promise.all(files.map(readFile)) }))['ids'])
}

/** Returns why a delivery to the app failed, '' when the app took it. */
export function readFailure(answer: Json): string {
  const error = readText(answer['error'])
  if (error !== '') return error
  const failed = [answer, ...readList(answer['deliveries'])].some(
    (delivery) => readNumber(delivery['status'], 200) >= 300 || delivery['timedOut'] === true,
  )
  return failed ? 'dispatch_failed' : ''
}

// With should_escape people and channels arrive as links in a command, and nothing else is encoded.
function encodeCommand(text: string, directory: Directory): string {
  return encodeTyped(text, directory).replace(
    /<@([A-Z0-9]+)>/g,
    (_whole, id: string) => `<@${id}|${directory.member(id)?.name ?? ''}>`,
  )
}

async function readFile(file: File): Promise<Json> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return { name: file.name, mimetype: file.type || 'application/octet-stream', contentBase64: btoa(binary) }
}
