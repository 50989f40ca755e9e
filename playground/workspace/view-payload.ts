import { asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'
import type { StoredView } from './view-book.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** A view as Slack shows it to apps, with what the person entered so far. */
export function toSlackView(state: WorkspaceState, view: StoredView, values: JsonObject = {}): JsonObject {
  const { content } = view
  const { directory } = state
  return {
    id: view.id,
    team_id: directory.team.id,
    app_id: directory.appId,
    app_installed_team_id: directory.team.id,
    bot_id: directory.bot.botId,
    type: content.type,
    title: content.title ?? { type: 'plain_text', text: 'View Title' },
    submit: content.submit ?? null,
    close: content.close ?? null,
    blocks: content.blocks,
    private_metadata: asText(content.private_metadata) ?? '',
    callback_id: asText(content.callback_id) ?? '',
    external_id: asText(content.external_id) ?? '',
    state: { values },
    hash: view.hash,
    clear_on_close: content.clear_on_close === true,
    notify_on_close: content.notify_on_close === true,
    root_view_id: view.rootViewId,
    previous_view_id: view.previousViewId ?? null,
  }
}
