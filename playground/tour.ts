import type { Workspace } from './workspace/workspace.ts'

type Print = (line: string) => void

const alice = 'U0ALICE0001'
const bob = 'U0BOB000001'
const channel = 'C0GENERAL01'
const answerTimeoutMs = 120_000

/** Plays the main job and prints the transcript: routing, tools, a thread, thumbs, commands, a refusal, a direct message. */
export async function playTour(workspace: Workspace, print: Print): Promise<void> {
  const at = `<@${workspace.botUserId}>`
  const scene = (title: string) => print(`\n== ${title}`)

  scene('A mention becomes an answer')
  const first = await ask(workspace, print, alice, `${at} Plan the launch of our newsletter in two weeks`)
  scene('The thread stays with its agent, and another person joins')
  await ask(workspace, print, bob, `${at} and what do we do if the printer is late?`, first)
  scene('A tool is used')
  const sums = await ask(workspace, print, alice, `${at} What is 17.5% of 1249.90, and 3^12?`)
  scene('Why this agent?')
  await click(workspace, print, bob, sums, 'why_agent')
  scene('Thumbs up')
  await click(workspace, print, alice, sums, 'feedback', 'up')
  scene('Commands')
  for (const text of ['status', 'agents', 'budget', 'staus']) await command(workspace, print, bob, text)
  scene('An empty mention')
  await ask(workspace, print, bob, at)
}

/** Says something and waits for the whole answer. @returns the thread's ts */
async function ask(workspace: Workspace, print: Print, user: string, text: string, threadTs?: string): Promise<string> {
  const { message } = await workspace.say({ user, channel, text, ...(threadTs === undefined ? {} : { threadTs }) })
  print(`${nameOf(workspace, user)}: ${text.replaceAll(`<@${workspace.botUserId}>`, '@murmur')}`)
  const root = threadTs ?? message.ts
  const answer = await workspace.waitFor(
    `the answer to ${text}`,
    () => workspace.thread(channel, root).find((reply) => reply.ts > message.ts && reply.botId !== undefined && isWhole(reply)),
    answerTimeoutMs,
  )
  print(`Murmur: ${answer.deliveredText.replaceAll('\n', '\n        ')}`)
  return root
}

/** Answers end with their footer, so a message without blocks is still on its way. */
const isWhole = ({ streamingState, blocks }: { streamingState?: string | undefined; blocks: readonly unknown[] }): boolean =>
  streamingState !== 'in_progress' && (blocks.length > 0 || streamingState === 'completed')

async function click(workspace: Workspace, print: Print, user: string, threadTs: string, actionId: string, kind?: string): Promise<void> {
  const answer = workspace.thread(channel, threadTs).findLast((message) => message.botId !== undefined)
  if (!answer) throw new Error('There is no answer to click on.')
  const before = workspace.ephemerals(user).length
  const value = kind && answer.metadata ? `${kind}:${String((answer.metadata as { event_payload?: { run_id?: string } }).event_payload?.run_id)}` : undefined
  await workspace.click({ user, channel, messageTs: answer.ts, actionId, ...(value === undefined ? {} : { value }) })
  const shown = await workspace.waitFor('what only this person sees', () => workspace.ephemerals(user)[before])
  print(`(only ${nameOf(workspace, user)} sees) ${shown.deliveredText.replaceAll('\n', '\n        ')}`)
}

async function command(workspace: Workspace, print: Print, user: string, text: string): Promise<void> {
  const before = workspace.ephemerals(user).length
  await workspace.command({ user, channel, command: '/swarm', text })
  print(`${nameOf(workspace, user)}: /swarm ${text}`)
  const shown = await workspace.waitFor('the reply to a command', () => workspace.ephemerals(user)[before])
  print(`Murmur: ${shown.deliveredText.replaceAll('\n', '\n        ')}`)
}

const nameOf = (workspace: Workspace, userId: string): string => workspace.users.find(({ id }) => id === userId)?.realName ?? userId
