import { expect, test } from '@jest/globals'
import type { SlashCommand } from '@slack/bolt'
import type { SlackEdge } from '../../../src/app/slack/edge.ts'
import { onCommand } from '../../../src/app/slack/on-command.ts'

/** The keys under which objectives are taken in. */
async function keysOf(...commands: readonly Partial<SlashCommand>[]): Promise<string[]> {
  const keys: string[] = []
  const edge = {
    workspaces: { identify: async () => ({ teamId: 'T1', calls: {} }) },
    commands: {
      acceptRequest: async (_request: unknown, [key = '']: readonly string[]) => {
        keys.push(key)
        return { runId: 'r', isNew: true }
      },
    },
  } as unknown as SlackEdge
  for (const over of commands) {
    const command = { command: '/swarm', team_id: 'T1', channel_id: 'C1', user_id: 'U1', trigger_id: '1.2', text: 'Which is better, tea or coffee?', ...over }
    await onCommand(edge, command as SlashCommand, async () => {})
  }
  return keys
}

test('the same use of a command is one request', async () => {
  const [first, again] = await keysOf({}, {})
  expect(first).toBe(again)
})

test.each([
  ['another trigger', {}, { trigger_id: '1.3' }],
  ['another objective under the same trigger', {}, { text: 'And which one is cheaper to make?' }],
  ['another person under the same trigger', {}, { user_id: 'U2' }],
  ['no trigger at all', { trigger_id: '' }, { trigger_id: '' }],
])('%s is another request', async (_which, one, other) => {
  const [first, second] = await keysOf(one, other)
  expect(first).not.toBe(second)
})
