import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { projectRoot } from './source-tree.ts'

const text = (max: number, min = 1) => z.string().min(min).max(max)
const https = z.url({ protocol: /^https$/ })
const prompt = z.strictObject({ title: text(75), message: text(1000) })

/**
 * Slack's limits on an app manifest, as far as Murmur uses it.
 * The SDK's own type lacks the agent events and `assistant:write`, so the shape stands here.
 * Sources: https://docs.slack.dev/reference/app-manifest and the doc comments of `Manifest` in `@slack/web-api` 8.2; the cap of 24 on the
 * name of a shortcut is that of the app settings page. The caps on prompts are ours.
 */
export const manifestShape = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: text(35),
    description: text(140),
    long_description: text(4000, 174),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
  }),
  features: z.strictObject({
    agent_view: z.strictObject({ agent_description: text(300), suggested_prompts: z.array(prompt).min(1).max(4) }),
    app_home: z.strictObject({
      home_tab_enabled: z.literal(true),
      messages_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
    bot_user: z.strictObject({ display_name: z.string().regex(/^[a-z0-9._-]{1,80}$/), always_online: z.boolean() }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
          url: https,
          description: text(2000),
          usage_hint: text(1000),
          should_escape: z.literal(true),
        }),
      )
      .max(50),
    shortcuts: z
      .array(
        z.strictObject({
          name: text(24),
          type: z.enum(['global', 'message']),
          callback_id: text(255),
          description: text(150),
        }),
      )
      .max(10),
  }),
  oauth_config: z.strictObject({
    redirect_urls: z.array(https).min(1).max(1000),
    scopes: z.strictObject({ bot: z.array(z.string()).max(255), bot_optional: z.array(z.string()).max(255) }),
  }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ request_url: https, bot_events: z.array(z.string()).max(100) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true), request_url: https }),
    org_deploy_enabled: z.literal(true),
    socket_mode_enabled: z.literal(false),
    token_rotation_enabled: z.literal(false),
  }),
})

/** The manifest as Slack would read it. */
export type Manifest = z.infer<typeof manifestShape>

/** Reads and checks `manifest.yml`. */
export function readManifest(): Manifest {
  return manifestShape.parse(parse(readFileSync(join(projectRoot, 'manifest.yml'), 'utf8')))
}
