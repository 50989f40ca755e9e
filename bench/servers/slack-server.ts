import { createWorkspace } from '../../playground/workspace/create-workspace.ts'

/**
 * The playground's Slack in a process of its own. Argument: how many channels there are beside the usual ones; each has
 * a first message, so that runs find a thread to answer in. Slack lets an app post about once a second in a channel, so
 * a benchmark spreads its runs over many.
 */
const count = Number(process.argv[2] ?? 100)
const user = 'U0ALICE0001'
const channels = Array.from({ length: count }, (_, index) => {
  const name = `bench-${String(index).padStart(5, '0')}`
  return { id: `C0${name.replace('-', '').toUpperCase()}`, name, members: [user] }
})

const workspace = await createWorkspace({ servePage: false, seed: { channels }, limits: { calls: 1_000 } })
const threads = await Promise.all(
  channels.map(async ({ id }) => {
    const { message } = await workspace.say({ user, channel: id, text: 'Good morning' })
    return { channelId: id, threadId: message.ts }
  }),
)
const { apiUrl, botToken, signingSecret, teamId, botUserId, appId } = workspace
process.send?.({ apiUrl, botToken, signingSecret, teamId, botUserId, appId, userId: user, threads })
process.once('disconnect', () => process.exit(0))

let waitsForAnswer = false
let recorded: object[] | undefined
workspace.onChange((change) => {
  if (change.type !== 'call') return
  const { method, args } = change['call'] as { readonly method: string; readonly args: object }
  recorded?.push({ method, args })
  if (!waitsForAnswer || !(method === 'chat.stopStream' || method === 'chat.postMessage')) return
  waitsForAnswer = false
  process.send?.({ method })
})
process.on('message', (question) => {
  if (question === 'record') {
    recorded = []
    process.send?.({})
  }
  if (question === 'recorded') {
    process.send?.(recorded ?? [])
    recorded = undefined
  }
  // Answered when the app has finished a message.
  if (question === 'next answer') waitsForAnswer = true
})
