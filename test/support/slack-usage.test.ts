import { expect, test } from '@jest/globals'
import { readEvents, readMethods, readStrings } from './slack-usage.ts'

test('methods are found in calls, in names and behind shorthands, and nowhere else', () => {
  const source = `
await this.#client.chat.postMessage({ channel })
await client.agents.sessions.setStatus({ status: 'active' })
await call('views.publish', { view })
const stream = client.chatStream({ channel })
// client.users.info({})
const file = 'users.json'
const text = \`conversations.list\`
`
  expect(readMethods(source)).toEqual([
    'agents.sessions.setStatus', 'chat.appendStream', 'chat.postMessage', 'chat.startStream', 'chat.stopStream', 'views.publish',
  ])
})

test('events are found as strings and as keys', () => {
  expect(readEvents("app.event('app_mention', on)\nconst table = {\n  message: onMessage,\n  other: x,\n}")).toEqual(['app_mention', 'message'])
})

test('strings are read without comments and templates', () => {
  expect(readStrings("const a = 'b' // 'c'\nconst d = \"e\" + `'f'`")).toEqual(['b', 'e'])
})
