import { expect, test } from '@jest/globals'
import { readManifest } from './support/read-manifest.ts'
import { eventScopes, methodScopes } from './support/slack-scopes.ts'
import { plainEvent, readEvents, readMethods, readStrings } from './support/slack-usage.ts'
import { readSources } from './support/source-tree.ts'

const manifest = readManifest()
const { bot, bot_optional: optional } = manifest.oauth_config.scopes
const { bot_events: events } = manifest.settings.event_subscriptions

const edge = readSources(['src/app', 'src/commands'])
const methods = [...new Set(edge.flatMap((file) => readMethods(file.text)))]
const strings = new Set(edge.flatMap((file) => readStrings(file.text)))
const registered = edge.filter((file) => /\/register-[a-z]+\.ts$/.test(file.path))

test('every event is one we know the scopes of, and those scopes are asked for', () => {
  expect(events.filter((event) => !(event in eventScopes))).toEqual([])
  const needed = events.flatMap((event) => eventScopes[event] ?? [])
  expect(needed.filter((scope) => !bot.includes(scope))).toEqual([])
})

test('commands, agent view and personas have their scopes', () => {
  expect(bot).toEqual(expect.arrayContaining(['assistant:write', 'chat:write', 'chat:write.customize', 'commands']))
})

test('lists are sorted and name nothing twice', () => {
  for (const list of [bot, optional, events]) expect(list).toEqual([...new Set(list)].toSorted())
  expect(bot.filter((scope) => optional.includes(scope))).toEqual([])
})

test('commands and shortcuts have names of their own', () => {
  const { slash_commands: commands, shortcuts } = manifest.features
  const names = [...commands.map((entry) => entry.command), ...shortcuts.map((entry) => entry.callback_id)]
  expect(new Set(names).size).toBe(names.length)
})

test('all addresses point at one host that is to be replaced, and at the paths the app serves', () => {
  const { settings, features, oauth_config: oauth } = manifest
  const receiving = [settings.event_subscriptions.request_url, settings.interactivity.request_url]
  receiving.push(...features.slash_commands.map((entry) => entry.url))
  expect(new Set(receiving)).toEqual(new Set(['https://YOUR-HOST/slack/events']))
  expect(oauth.redirect_urls).toEqual(['https://YOUR-HOST/slack/oauth_redirect'])
})

test('the app listens to every event it subscribes to, and to no other', () => {
  const listened = new Set(registered.flatMap((file) => readEvents(file.text)))
  expect([...listened].toSorted()).toEqual([...new Set(events.map(plainEvent))].toSorted())
})

test('the app handles every command and shortcut of the manifest, and no other command', () => {
  const { slash_commands: commands, shortcuts } = manifest.features
  const handled = new Set(registered.flatMap((file) => readStrings(file.text)).filter((text) => /^\/[a-z]+$/.test(text)))
  expect([...handled].toSorted()).toEqual(commands.map((entry) => entry.command).toSorted())
  expect(shortcuts.map((entry) => entry.callback_id).filter((id) => !strings.has(id))).toEqual([])
})

test('the hint of /swarm names the words it knows, and no others', () => {
  const usages = [...strings].filter((text) => text.startsWith('/swarm ') && edge.some((file) => file.text.includes(`usage: '${text}'`)))
  const hint = manifest.features.slash_commands.find((entry) => entry.command === '/swarm')?.usage_hint ?? ''
  expect(hint.split(' | ').slice(1).toSorted()).toEqual(usages.map((usage) => usage.slice('/swarm '.length)).toSorted())
})

test('every method the app calls is one we know the scopes of, and the manifest asks for one that lets it through', () => {
  expect(methods.filter((method) => !(method in methodScopes))).toEqual([])
  const refused = methods.filter((method) => {
    const allowing = methodScopes[method] ?? []
    return allowing.length > 0 && !allowing.some((scope) => bot.includes(scope))
  })
  expect(refused).toEqual([])
})

test('no scope is asked for without a use', () => {
  // Uses that no method or event shows: features of the manifest, names and icons of agents, and the download of a file by its address.
  const others = ['assistant:write', 'chat:write.customize', 'chat:write.public', 'commands', 'files:read', 'mpim:history']
  const used = new Set([...others, ...events.flatMap((event) => eventScopes[event] ?? []), ...methods.flatMap((method) => methodScopes[method] ?? [])])
  expect([...bot, ...optional].filter((scope) => !used.has(scope))).toEqual([])
})
