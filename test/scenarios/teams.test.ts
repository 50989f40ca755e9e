import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { alice, bob, startScenario, type Scenario } from './start-scenario.ts'

let scenario: Scenario
let channel: string
beforeAll(async () => {
  scenario = await startScenario()
})
afterAll(() => scenario.close())
beforeEach(() => {
  channel = scenario.freshChannel()
})

/** What `/swarm teams ...` answers. */
async function teams(text = '', user = alice): Promise<string> {
  const { body } = await scenario.workspace.command({ user, channel, command: '/swarm', text: `teams ${text}` })
  return typeof body === 'string' ? body : JSON.stringify(body)
}

async function openForm(text: string) {
  await teams(text)
  return scenario.workspace.waitFor('the form', () => scenario.workspace.openViews(alice)[0])
}

const newsroom = { name: 'newsroom', purpose: 'Writes the news', coordinator: 'planner', members: ['writer', 'researcher'], roles: 'writer: writes it\nresearcher: checks it', share: '25', topology: 'plan' }

test('the shipped teams are there for everybody, with who leads and who does what', async () => {
  const listed = await teams('', bob)
  for (const name of ['default', 'research', 'product', 'engineering', 'support']) expect(listed).toContain(`\`${name}\``)
  expect(listed).toMatch(/Led by Planner, works as `plan`\. Researcher \(finds and checks/)
})

test('a form makes a team, another changes it, and a word removes it; wrong input is told at its field', async () => {
  const { workspace } = scenario
  const form = await openForm('new')
  const wrong = await workspace.submitView({ user: alice, viewId: form.id, values: { ...newsroom, name: 'research', roles: 'planner: plans', share: 'all' } })
  expect(wrong.body).toMatchObject({ response_action: 'errors', errors: { name: expect.stringContaining('another team'), roles: expect.stringContaining('not chosen'), share: expect.stringContaining('1 to 100') } })
  await workspace.submitView({ user: alice, viewId: form.id, values: newsroom })
  expect(workspace.openViews(alice)).toEqual([])
  expect((await workspace.waitFor('a word', () => workspace.ephemerals(alice).find((each) => each.channel === channel))).text).toContain('`newsroom` is saved')
  expect(await teams()).toContain('`newsroom`: Writes the news. Led by Planner, works as `plan`, up to 25 % of the daily budget. Writer (writes it); Researcher (checks it).')

  const again = await openForm('edit newsroom')
  await workspace.submitView({ user: alice, viewId: again.id, values: { name: 'desk', purpose: '<!channel> `x` *b*', roles: 'writer: drafts <!here>\nwriter: edits\nresearcher: checks it' } })
  const changed = await teams()
  expect(changed).not.toContain('newsroom')
  expect(changed).toContain('Writer (edits)')
  expect(changed).not.toMatch(/<!(?:channel|here)>/)
  expect(await teams('remove desk')).toContain('is removed')
  expect(await teams()).not.toContain('`desk`')
})

test('only admins change teams, also when the form comes back', async () => {
  for (const text of ['new', 'edit research', 'remove research']) expect(await teams(text, bob)).toContain('is for admins')
  expect(scenario.workspace.openViews(bob)).toEqual([])
  expect(await teams('', bob)).toContain('`research`')
})

test('a name that nobody has is refused with the nearest one', async () => {
  expect(await teams('edit reserch')).toContain('Did you mean `research`?')
  expect(await teams('remove <!channel>')).not.toContain('<!channel>')
  expect(await teams('delete research')).toContain('`new`, `edit`, `remove`')
})
