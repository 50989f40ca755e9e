import type { ServerResponse } from 'node:http'
import type { Change } from './change-feed.ts'
import { pageMessage } from './page-json.ts'
import type { StoredMessage } from './stored-message.ts'
import type { WorkspaceState } from './workspace-state.ts'

const HEARTBEAT_MS = 15_000
/** A browser that falls this far behind is cut off; it reconnects and asks for everything again. */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024

/**
 * Server-Sent Events for one person: every change they may see, from now on.
 * @returns a function that ends the stream
 */
export function openEventStream(state: WorkspaceState, userId: string, response: ServerResponse): () => void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  })
  response.write(': hello\n\n')
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS)
  heartbeat.unref()
  const unsubscribe = state.changes.subscribe((change) => {
    if (!maySee(state, userId, change)) return
    if (response.writableLength > MAX_BACKLOG_BYTES) response.destroy()
    else response.write(`data: ${JSON.stringify(forPage(state, change))}\n\n`)
  })
  const end = (): void => {
    clearInterval(heartbeat)
    unsubscribe()
    response.end()
  }
  response.on('close', end)
  return end
}

function maySee(state: WorkspaceState, userId: string, change: Change): boolean {
  if (change.type === 'call' || change.type === 'delivery') return false
  if (change.user !== undefined && change.user !== userId) return false
  return change.channel === undefined || state.directory.canSee(userId, change.channel)
}

/** Views and homes are asked for again by the page, so only their news goes out. */
function forPage(state: WorkspaceState, change: Change): Change {
  if (change.type === 'view' || change.type === 'home') return { type: change.type }
  if (change.message === undefined) return change
  return { ...change, message: pageMessage(state, change.message as StoredMessage) }
}
