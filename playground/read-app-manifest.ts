import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { WorkspaceSeed } from './workspace/seed.ts'

interface Manifest {
  readonly features: {
    readonly slash_commands: readonly { readonly command: string; readonly description: string; readonly usage_hint?: string }[]
    readonly shortcuts: readonly { readonly name: string; readonly type: 'message' | 'global'; readonly callback_id: string; readonly description?: string }[]
  }
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } }
  readonly settings: { readonly event_subscriptions: { readonly bot_events: readonly string[] } }
}

/** What the app's manifest gives a workspace: its commands, shortcuts, scopes and events, and no more. */
export async function readAppManifest(): Promise<Pick<WorkspaceSeed, 'commands' | 'shortcuts' | 'scopes' | 'events'>> {
  const manifest = parse(await readFile(join(import.meta.dirname, '../manifest.yml'), 'utf8')) as Manifest
  return {
    commands: manifest.features.slash_commands.map(({ command, description, usage_hint: usageHint }) => ({ command, description, ...(usageHint ? { usageHint } : {}) })),
    shortcuts: manifest.features.shortcuts.map(({ name, type, callback_id: callbackId, description }) => ({ name, type, callbackId, ...(description ? { description } : {}) })),
    scopes: manifest.oauth_config.scopes.bot,
    events: manifest.settings.event_subscriptions.bot_events,
  }
}
