import { waitFor } from './wait-for.ts'
import type { WorkspaceLooks } from './workspace.ts'
import type { WorkspaceState } from './workspace-state.ts'

const DEFAULT_WAIT_MS = 20_000

/** What can be seen from outside: reads only, each through the part that keeps it. */
export function looksOf(state: WorkspaceState): WorkspaceLooks {
  const idOf = (channel: string): string => state.directory.channel(channel)?.id ?? channel
  const describe = (): string => {
    const last = state.journal
      .list()
      .slice(-3)
      .map((call) => `${call.method} ${call.error ?? 'ok'}`)
    return `Last calls of the app: ${last.join(', ') || 'none'}.`
  }
  return {
    messages: (channel) => state.board.channel(idOf(channel)).all(),
    thread: (channel, threadTs) => {
      const root = state.board.find(idOf(channel), threadTs)
      return [...(root === undefined ? [] : [root]), ...(state.board.replies(idOf(channel), threadTs)?.all() ?? [])]
    },
    ephemerals: (user) => state.board.ephemerals(user),
    openViews: (user) => state.views.stack(user),
    home: (user) => state.views.home(user)?.content,
    session: (channel, threadTs) => state.sessions.get(idOf(channel), threadTs),
    statusText: (channel, threadTs) => state.sessions.statusText(idOf(channel), threadTs),
    prompts: (channel, threadTs) => state.sessions.prompts(idOf(channel), threadTs),
    calls: (method) => state.journal.list(method),
    waitFor: (what, probe, timeoutMs = DEFAULT_WAIT_MS) => waitFor(state.changes, what, probe, timeoutMs, describe),
    onChange: (listener) => state.changes.subscribe(listener),
  }
}
