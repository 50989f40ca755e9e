import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { projectRoot } from '../support/source-tree.ts'
import { findChromium } from '../support/chromium.ts'
import { openDesk, type Desk } from './open-desk.ts'
import { bob, carol, general } from './start-scenario.ts'

const executable = findChromium()
if (executable === undefined) console.warn('The demo is not driven in a browser: no Chromium here. Set CHROMIUM_BIN, or install chromium.')
const withBrowser = executable === undefined ? describe.skip : describe

const chapter = readFileSync(join(projectRoot, 'test/fixtures/files/pride-and-prejudice.txt'), 'utf8')
const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '')
const asked = 'Why does [1, 10, 2].sort() give 1, 10, 2 in JavaScript?'
const isAnswerCall = (body: Readonly<Record<string, unknown>>): boolean => body['stream'] === true

let desk: Desk

/** A morning in #general: what the screenshots show beside the answers. */
async function talk({ workspace }: Desk): Promise<void> {
  const { message } = await workspace.say({ user: bob, channel: general, text: 'Morning! The newsletter goes out in two weeks. Who writes the piece about the new search?' })
  await workspace.react({ user: carol, channel: general, ts: message.ts, name: 'wave' })
  await workspace.say({ user: carol, channel: general, text: 'I can, if somebody checks the code samples. The sorting one looks wrong to me.' })
}

beforeAll(async () => {
  if (executable === undefined) return
  desk = await openDesk(executable)
  await talk(desk)
})
afterEach(() => desk?.model.release())
afterAll(() => desk?.close())

// One after the other, as one person would: later tests go on in the threads of earlier ones.
withBrowser('a new user in the demo', () => {
  test('sees a sign of life at once, then the answer growing in its thread, with thumbs under it', async () => {
    const { model, channel, thread, page } = desk
    model.hold()
    const field = channel.getByRole('combobox', { name: 'Message #general' })
    await field.pressSequentially('@mur')
    await page.getByRole('option', { name: '@murmur' }).waitFor()
    await field.press('Tab')
    await field.pressSequentially(asked)
    await channel.getByRole('button', { name: 'Send now' }).click()
    await channel.getByRole('status').getByText('murmur is').waitFor()

    model.hold({ match: isAnswerCall, afterChunks: 3 })
    model.release(1)
    await desk.openThread(asked)
    const growing = thread.locator('.message[aria-busy=true]')
    await growing.getByRole('img', { name: 'still writing' }).waitFor()
    const early = await growing.locator('.stream').innerText()
    expect(early.length).toBeGreaterThan(10)
    model.release()

    const answer = await desk.answer()
    const whole = await answer.locator('.stream').innerText()
    expect(whole.length).toBeGreaterThan(early.length)
    expect(whole.startsWith(early.slice(0, 10))).toBe(true)
    expect(await answer.locator('[data-block-type="context"]').innerText()).toMatch(/^\S+ Software Engineer .* \$0\.0\d{3}/)
    expect(await answer.getByRole('group', { name: 'Feedback' }).getByRole('button').count()).toBe(2)
    await channel.getByText('1 reply').waitFor()
    await desk.shoot('mention')
  })

  test('goes on in the thread as another person, and the same agent answers', async () => {
    await desk.actAs('Bob')
    await desk.write('@murmur and how do I sort the other way round?', 'thread')
    const second = await desk.answer(2)
    expect(await second.locator('[data-block-type="context"]').innerText()).toContain('Software Engineer')
    await desk.channel.getByText('3 replies').waitFor()
  })

  test('thumbs up: is thanked, and nobody else sees it', async () => {
    const answer = await desk.answer(2)
    const thumb = answer.getByRole('button', { name: 'This answer helped' })
    await thumb.click()
    await desk.whisper('Thank you')
    expect(await thumb.getAttribute('aria-pressed')).toBe('true')
    await desk.actAs('Alice')
    await desk.answer(2)
    expect(await desk.page.getByText('Thank you').count()).toBe(0)
  })

  test('thumbs down: is asked what was missing, told what is wrong with the form, and can send it', async () => {
    const { page } = desk
    await (await desk.answer(2)).getByRole('button', { name: 'This answer did not help' }).click()
    const form = page.getByRole('dialog', { name: 'Improve this answer' })
    const send = form.getByRole('button', { name: 'Send' })
    await send.click()
    await form.locator('[data-error-for]', { hasText: 'Please complete this required field.' }).waitFor()
    // The page knows no better; this one the app refuses.
    await form.getByRole('textbox').fill('   ')
    await send.click()
    await form.locator('[data-error-for]', { hasText: 'Say what would have been better' }).waitFor()
    await form.getByRole('textbox').fill('Show both orders in one example, and name the method that leaves the list as it is.')
    await desk.shoot('improve')
    await send.click()
    await form.waitFor({ state: 'detached' })
    expect(await desk.page.getByRole('dialog').count()).toBe(0)
  })

  test('asks why this agent: sees the scores, names a better one, and gets its answer', async () => {
    const { thread } = desk
    await (await desk.answer(2)).getByRole('button', { name: 'Why this agent?' }).click()
    const why = await desk.whisper('Software Engineer answered this')
    const rows = await why.getByRole('row').allInnerTexts()
    expect(rows[0]).toMatch(/^Candidate\s+Score\s+Specialty match/)
    expect(rows[1]).toMatch(/^Software Engineer\s+\d+ %/)
    await desk.shoot('why')
    await why.getByRole('combobox', { name: 'Should have been …' }).selectOption({ label: 'Writer' })
    await desk.whisper('The Writer answers this again')
    const third = await desk.answer(3)
    expect(await third.locator('[data-block-type="context"]').innerText()).toContain('Writer')
    expect(await thread.getByText('Only visible to you').count()).toBe(3)
  })

  test('stops an answer: what was written stays, with who stopped it', async () => {
    const { model, channel, thread } = desk
    // No tool is needed for this, so the first words of the model are those of the answer.
    const request = 'Write a friendly announcement: the office is closed on Friday'
    model.hold({ match: isAnswerCall, afterChunks: 4 })
    await desk.write(`@murmur ${request}`)
    await desk.openThread(request)
    const growing = thread.locator('.message[aria-busy=true]')
    await growing.getByRole('img', { name: 'still writing' }).waitFor()
    const early = await growing.locator('.stream').innerText()
    await thread.getByRole('button', { name: 'Stop' }).click()
    await thread.getByText('Stopped by @Alice Archer').waitFor()
    await thread.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' })
    model.release()
    // What begins something bold is shown as it came until that ends.
    expect(await thread.locator('.message').last().innerText()).toContain(early.replaceAll('*', '').trim().slice(0, 18))
    expect(await thread.getByRole('img', { name: 'still writing' }).count()).toBe(0)
    await channel.getByText('1 reply').last().waitFor()
    await thread.getByRole('button', { name: 'Close thread' }).click()
  })

  test('completes a command, reads status and budget, and is helped after a slip', async () => {
    const { channel, page } = desk
    const field = channel.getByRole('combobox', { name: 'Message #general' })
    await field.pressSequentially('/sw')
    await page.getByRole('option', { name: /^\/swarm/ }).waitFor()
    await field.press('Tab')
    await field.pressSequentially('status')
    await field.press('Enter')
    expect(await (await desk.whisper('In all: 0 running')).innerText()).toMatch(/[0-9a-f-]{36} Why does/)
    await desk.write('/swarm budget')
    expect(await (await desk.whisper('This channel today')).innerText()).toMatch(/\$0\.0\d{3} of \$10\.0000/)
    await desk.write('/swarm staus')
    const help = await desk.whisper('Did you mean /swarm status?')
    await help.getByRole('button', { name: 'Dismiss' }).click()
    await help.waitFor({ state: 'detached' })
  })

  test('asks through the shortcut, and the channel at hand is chosen already', async () => {
    const { page, channel } = desk
    await channel.getByRole('button', { name: 'Attach a file or run a shortcut' }).click()
    await page.getByRole('menuitem', { name: /^Ask Murmur/ }).click()
    const form = page.getByRole('dialog', { name: 'Ask Murmur' })
    const request = 'What is 17.5% of 1249.90?'
    await form.getByRole('textbox', { name: 'What do you need?' }).fill(request)
    expect(await form.getByRole('combobox').inputValue()).toBe(general)
    expect(await form.getByRole('option', { name: 'murmur' }).count()).toBe(0)
    await form.getByRole('button', { name: 'Ask', exact: true }).click()
    await form.waitFor({ state: 'detached' })
    await channel.getByText('@Alice Archer asked:').waitFor()
    await desk.openThread(request)
    expect(await (await desk.answer()).innerText()).toContain('218.73')
  })

  test('spends nothing past a cap: the request waits, an admin approves, and it is answered', async () => {
    const { thread } = desk
    const request = 'Summarise the advantages and drawbacks of a four-day week'
    await desk.goTo('ai-lab')
    await desk.write('/swarm budget set daily 0')
    await desk.whisper('daily is now $0.0000')
    await desk.actAs('Bob')
    await desk.write(`@murmur ${request}`)
    await desk.openThread(request)
    await thread.getByText('leaves no room for this').waitFor()
    await thread.getByText('waiting', { exact: true }).waitFor()
    expect(await thread.getByRole('button', { name: 'Stop this request' }).isVisible()).toBe(true)
    await thread.getByRole('button', { name: 'Approve and continue' }).click()
    await desk.whisper('Raising a budget is for admins')
    await desk.shoot('budget')
    await desk.actAs('Alice')
    await thread.getByRole('button', { name: 'Approve and continue' }).click()
    await thread.getByText('@Alice Archer approved').waitFor()
    expect(await (await desk.answer()).locator('.stream').innerText()).toMatch(/four-day week/)
    expect(await thread.getByRole('button', { name: 'Approve and continue' }).count()).toBe(0)
  })

  test('writes to the app directly, beginning with what it suggests, and finds the runs in its Home', async () => {
    const { page } = desk
    await page.locator('[data-place^="D"]').click()
    await page.getByRole('group', { name: 'Suggested prompts' }).getByRole('button', { name: 'Plan a project' }).click()
    expect(await (await desk.answer()).locator('[data-block-type="context"]').innerText()).toContain('Planner')
    await page.getByRole('tab', { name: 'Home' }).click()
    const home = page.getByRole('region', { name: 'App Home' })
    await home.getByText('Plan the move of a ten-person team').waitFor()
    expect(await home.innerText()).toMatch(/\d+ of \d+ answered, \$0\.0\d{3} spent/)
    // An emoji that Slack does not know is shown as its name.
    expect(await home.innerText()).not.toMatch(/:[a-z_]+:/)
    await desk.shoot('home')
  })

  test('pastes a book chapter: it shows as a file, and the answer quotes it with places', async () => {
    const { page, thread } = desk
    await desk.goTo('general')
    await desk.write(`@murmur Who has taken Netherfield Park?\n\n${chapter}`)
    await desk.openThread('Who has taken Netherfield Park?')
    await thread.locator('a.file').getByText('Your text, about').waitFor()
    const answer = await (await desk.answer()).locator('.stream').innerText()
    const quotes = [...answer.matchAll(/“([^”]+)” \[p\d+\]/g)].map(([, quoted = '']) => quoted)
    expect(quotes.length).toBeGreaterThan(0)
    for (const quoted of quotes) expect(lettersOf(chapter)).toContain(lettersOf(quoted))
    expect(answer).toMatch(/Sources\s+\[p\d+\] text-\w+\.txt/)
    expect(await page.locator('.toast').count()).toBe(0)
  })

  test('meets no error of the page and nothing that its content security policy refuses', () => {
    expect(desk.trouble).toEqual([])
  })
})
