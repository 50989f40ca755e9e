import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { askedOf, isAnswerCall, scriptAnswers } from './script-model.ts'
import { alice, bob, startScenario, waitUntil, type Scenario } from './start-scenario.ts'

let scenario: Scenario
beforeAll(async () => {
  scenario = await startScenario()
  scriptAnswers(scenario.model, (request) => `Said: ${askedOf(request).slice(0, 60)}`)
})
afterAll(() => scenario.close())

async function command(channel: string, text: string, { user = alice, name = '/swarm' } = {}): Promise<string> {
  const { body } = await scenario.workspace.command({ user, channel, command: name, text })
  return typeof body === 'string' ? body : ((body as { text?: string } | undefined)?.text ?? '')
}

const kind = (nth: number): string => `Kindly sort out item ${nth} of the red pile by ${9 + nth}:30 with <@${bob}>`

async function ask(channel: string, nth: number): Promise<string> {
  await scenario.waitForEnd(await scenario.ask(kind(nth), { channel }))
  return JSON.stringify(scenario.model.requests().findLast(({ body }) => isAnswerCall(body))?.body['messages'])
}

/** A channel with a workflow that a person made. */
async function workflowIn(remark: string): Promise<{ channel: string; id: string }> {
  const channel = scenario.freshChannel()
  await ask(channel, 1)
  await command(channel, remark, { name: '/improve' })
  const id = /`([0-9a-f-]{36})`/.exec(await command(channel, 'workflows'))?.[1] ?? ''
  return { channel, id }
}

const decode = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

test('a workflow goes to another channel as a template, without ids, people and channels', async () => {
  const { channel, id } = await workflowIn(`ask <@${bob}> first, as a table`)
  const exported = await command(channel, `workflows export ${id}`)
  const json = decode(/```(.*)```/.exec(exported)?.[1] ?? '')
  expect(json).not.toMatch(new RegExp(`${bob}|${id}|${channel}`))
  expect(JSON.parse(json)).toMatchObject({ workflows: [{ like: expect.stringContaining('Kindly sort out item {number} of the red pile'), recipe: { format: 'a table', specialtyId: 'writer', guidance: ['ask {person} first, as a table'] } }] })
  const other = scenario.freshChannel()
  expect(await command(other, `workflows import ${json}`)).toMatch(/Imported[\s\S]*version 1/)
  expect(await ask(other, 5)).toContain('Form of the answer: a table')
  expect(await command(other, `workflows import ${json}`)).toMatch(/version 2/)
  expect(await command(other, 'workflows')).not.toMatch(/\n/)
})

test('templates are for admins, and a wrong one is told by path, wanted and found', async () => {
  const { channel } = await workflowIn('in blue ink')
  for (const text of ['workflows export', 'workflows import {}', 'workflows edit x']) expect(await command(channel, text, { user: bob })).toMatch(/admins/)
  expect(await command(channel, 'workflows import {"workflows":[{"name":"x","like":"y","recipe":{"specialtyId":"lawyer","guidance":[]}}]}')).toMatch(/workflows\[0\]\.recipe\.specialtyId`: wanted one of[\s\S]*found `"lawyer"`[\s\S]*Nothing was imported/)
  expect(await command(channel, 'workflows import la la')).toMatch(/no JSON/)
  expect(await command(channel, 'workflows import')).toMatch(/JSON of up to/)
})

test('buttons under a workflow pause, resume and delete it, and ask who may', async () => {
  const { workspace } = scenario
  const { channel, id } = await workflowIn('with a drum roll')
  const press = async (user: string, word: string, pattern: RegExp) => {
    await command(channel, `workflows ${id}`, { user })
    const shown = await workspace.waitFor('the workflow', () => workspace.ephemerals(user).findLast((one) => one.channel === channel && JSON.stringify(one.blocks).includes(`workflow_${word}`)))
    await workspace.click({ user, channel, messageTs: shown.ts, actionId: `workflow_${word}` })
    await workspace.waitFor(`a word that is ${pattern}`, () => workspace.ephemerals(user).find((one) => one.channel === channel && pattern.test(one.text)))
  }
  await press(bob, 'pause', /for admins/)
  expect(await ask(channel, 2)).toContain('with a drum roll')
  await press(alice, 'pause', /is paused now/)
  expect(await ask(channel, 3)).not.toContain('with a drum roll')
  await press(alice, 'resume', /is active now/)
  expect(await ask(channel, 4)).toContain('with a drum roll')
  await press(alice, 'delete', /is deleted now/)
  expect(await command(channel, 'workflows')).not.toContain(id)
})

test('a form edits a workflow, of two who edit at once one is told, and what it does not show stays', async () => {
  const { workspace } = scenario
  const { channel, id } = await workflowIn('without the web')
  const open = async () => {
    await command(channel, `workflows edit ${id}`)
    return workspace.waitFor('the form', () => workspace.openViews(alice).at(-1))
  }
  const form = await open()
  const wrong = await workspace.submitView({ user: alice, viewId: form.id, values: { name: 'Red pile', guidance: Array.from({ length: 20 }, (_, at) => `line ${at}`).join('\n') } })
  expect(wrong.body).toMatchObject({ response_action: 'errors', errors: { guidance: expect.stringContaining('At most 12 lines') } })
  await command(channel, 'and be quick', { name: '/improve' })
  const late = await workspace.submitView({ user: alice, viewId: form.id, values: { name: 'Red pile', guidance: 'mine alone' } })
  expect(late.body).toMatchObject({ response_action: 'errors', errors: { name: expect.stringContaining('changed it meanwhile') } })
  const again = await open()
  await workspace.submitView({ user: alice, viewId: again.id, values: { name: 'Red <!channel> pile', guidance: 'be quick\nbe kind', who: 'planner', format: 'a poem' } })
  await waitUntil('the new version', async () => (await command(channel, `workflows ${id}`)).includes('version 3 in force'))
  const shown = await command(channel, `workflows ${id}`)
  expect(shown).not.toContain('<!channel>')
  for (const line of ['specialist: planner', 'format: a poem', 'guidance: be kind', 'tools: ']) expect(shown).toContain(line)
  const prompt = await ask(channel, 6)
  expect(prompt).toContain('- be kind')
  expect(prompt).toContain('Form of the answer: a poem')
})

test('a form shows all remarks of a long recipe, and what is no longer offered, so that saving it loses nothing', async () => {
  const { workspace } = scenario
  const channel = scenario.freshChannel()
  const guidance = Array.from({ length: 12 }, (_, at) => `${at} ${'do mind the colour of the pile '.repeat(19)}`.slice(0, 590))
  const imported = await command(channel, `workflows import ${JSON.stringify({ workflows: [{ name: 'Red pile', like: 'Sort the red pile by {time}', recipe: { guidance, format: 'a list' } }] })}`)
  const id = /`([0-9a-f-]{36})`/.exec(imported)?.[1] ?? ''
  const history = () => command(channel, `workflows ${id}`)
  await command(channel, `workflows edit ${id}`)
  const form = await workspace.waitFor('the form', () => workspace.openViews(alice).at(-1))
  await workspace.submitView({ user: alice, viewId: form.id, values: { name: 'Blue pile' } })
  await waitUntil('the new name', async () => (await history()).includes('Blue pile'))
  expect(await history()).toContain('version 1 in force')
  for (const line of guidance) expect(await history()).toContain(`guidance: ${line.trim()}`)
  // More versions than a message holds: the newest are shown.
  for (const nth of [13, 14, 15, 16]) await command(channel, `workflows import ${JSON.stringify({ workflows: [{ name: 'Red pile', like: 'Sort the red pile by {time}', recipe: { guidance: guidance.map((line) => `${nth} ${line}`) } }] })}`)
  expect(await history()).toMatch(/version 5 in force[\s\S]*version 5 \(from 4\)[\s\S]*Older versions do not fit here\.\nBack to one/)
})

test('ten improvements, nine of them at the same moment, each make a version, and none is lost', async () => {
  const { channel, id } = await workflowIn('remark 0')
  await Promise.all(Array.from({ length: 9 }, (_, at) => command(channel, `remark ${at + 1}`, { user: alice, name: '/improve' })))
  const shown = await command(channel, `workflows ${id}`)
  expect(shown).toContain('version 10 in force')
  for (let at = 0; at < 10; at++) expect(shown).toContain(`guidance: remark ${at}`)
})
