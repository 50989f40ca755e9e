import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findChromium } from '../support/chromium.ts'
import { openDesk, type Desk } from './open-desk.ts'

const executable = findChromium()
if (executable === undefined) console.warn('What is learnt is not looked at in a browser: no Chromium here. Set CHROMIUM_BIN, or install chromium.')
const withBrowser = executable === undefined ? describe.skip : describe

const kind = (nth: number): string => `Write a friendly reminder for invoice ${nth} of the depot`

let desk: Desk

beforeAll(async () => {
  if (executable === undefined) return
  desk = await openDesk(executable)
})
afterAll(() => desk?.close())

/** Asks in the channel and waits for the answer in its thread. */
async function ask(nth: number): Promise<void> {
  await desk.write(`@murmur ${kind(nth)}`)
  await desk.openThread(kind(nth))
  await desk.answer()
}

/** Types a command again until the app's words fit; what is learnt comes a moment after the answer. */
async function learnt(command: string, pattern: RegExp): Promise<string> {
  for (let times = 0; times < 50; times++) {
    await desk.write(command)
    const said = await desk.whisper(/evidence|recurred|recipes here|version|seen/)
    const text = await said.innerText()
    if (pattern.test(text)) return text
    await said.getByRole('button', { name: 'Dismiss' }).click()
  }
  throw new Error(`Expected ${command} to say ${String(pattern)}.`)
}

// One after the other, as one person would: later tests go on where earlier ones ended.
withBrowser('somebody who looks at what was learnt', () => {
  test('sees a pattern recognised after three alike requests, and its automation with the runs that show it', async () => {
    for (let nth = 1; nth <= 3; nth++) await ask(nth)
    const shown = await learnt('/swarm patterns', /Write a friendly reminder for invoice \{number\}[\s\S]*3 of the last 3 went well[\s\S]*workflow[\s\S]*evidence, newest first:[\s\S]*"Write a friendly reminder for invoice 3 of the depot" [0-9a-f-]{36}/)
    expect(shown.match(/[0-9a-f-]{36}/g)).toHaveLength(4)
    expect(await learnt('/swarm workflows', /made of a pattern/)).toMatch(/version 1, active/)
    await (await desk.whisper(/made of a pattern/)).getByRole('combobox').selectOption({ index: 1 })
    await desk.whisper(/version 1 in force[\s\S]*History/)
  })

  test('improves in a thread, compares beside the old answer, and reads the history with the trial and what each version changed', async () => {
    const { thread } = desk
    await desk.write('@murmur improve as a list, with a greeting', 'thread')
    await thread.getByText('+ guidance: as a list, with a greeting').waitFor()
    expect(await thread.getByText('+ format: a list').count()).toBeGreaterThan(0)
    await thread.getByRole('button', { name: 'Compare' }).click()
    await desk.whisper('answered again in its thread')
    const [old, improved] = [await desk.answer(1), await desk.answer(2)]
    expect(await old.locator('[data-block-type="context"]').first().innerText()).not.toContain('recipe v2')
    expect(await improved.locator('[data-block-type="context"]').first().innerText()).toContain('recipe v2')
    await desk.write(`/swarm workflows ${await workflowId()}`)
    const history = await desk.whisper(/version 2 in force/)
    expect(await history.innerText()).toMatch(/version 2 in force[\s\S]*Trials, newest first[\s\S]*version 2 on trial: (?:no request yet|\d+ of \d+ went well with it), none with version 1[\s\S]*History[\s\S]*version 2 \(from 1\), by @Alice Archer[\s\S]*\+ guidance: as a list, with a greeting[\s\S]*version 1, made of a pattern/)
  })

  test('edits it in a form, pauses and deletes it by the buttons under it', async () => {
    const { page } = desk
    const id = await workflowId()
    // Earlier replies stay in the channel, so the one that is meant is told by its state.
    const open = async (state: RegExp) => {
      await desk.write(`/swarm workflows ${id}`)
      return desk.whisper(state)
    }
    await (await open(/version 2 in force/)).getByRole('button', { name: 'Edit …' }).click()
    const form = page.getByRole('dialog', { name: 'Edit workflow' })
    await form.getByRole('textbox', { name: 'Name' }).fill('Reminders of the depot')
    await form.getByRole('combobox', { name: 'Who answers' }).selectOption({ label: 'Planner' })
    await form.getByRole('button', { name: 'Save' }).click()
    await form.waitFor({ state: 'detached' })
    await desk.whisper('Reminders of the depot')
    expect(await (await open(/version 3 in force/)).innerText()).toMatch(/\+ specialist: planner/)
    await (await open(/active, version 3 in force/)).getByRole('button', { name: 'Pause' }).click()
    await desk.whisper('is paused now')
    await (await open(/paused, version 3 in force/)).getByRole('button', { name: 'Resume' }).click()
    await desk.whisper('is active now')
    const last = await open(/active, version 3 in force/)
    await last.getByRole('combobox').selectOption({ label: 'Version 1: 3 requests like this went well with the same specialist.' })
    await desk.whisper(/is back at version 1/)
    await last.getByRole('button', { name: 'Delete' }).click()
    const question = page.getByRole('dialog', { name: 'Delete?' })
    await question.getByText('no button brings it back').waitFor()
    await question.getByRole('button', { name: 'Delete' }).click()
    await desk.whisper('is deleted now')
    await learnt('/swarm workflows', /No recipes here yet/)
  })

  test('as an admin approves what another person wants better, where the workspace wants that', async () => {
    const { thread } = desk
    await desk.write('/swarm workflows approval on')
    await desk.whisper('wait for an admin')
    await desk.actAs('Bob')
    await desk.write('@murmur improve sign with the name of the depot', 'thread')
    await thread.getByRole('button', { name: 'Approve' }).click()
    await desk.whisper('is for admins')
    await desk.actAs('Alice')
    await thread.getByRole('button', { name: 'Approve' }).click()
    await thread.getByText('your improvement is approved').waitFor()
    expect(await thread.getByRole('button', { name: 'Approve' }).count()).toBe(0)
  })

  test('meets no error of the page', () => {
    expect(desk.trouble).toEqual([])
  })
})

/** The id that the list of workflows shows. */
async function workflowId(): Promise<string> {
  await desk.write('/swarm workflows')
  const said = await desk.whisper(/, active, |, paused, /)
  return /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(await said.innerText())?.[0] ?? ''
}
