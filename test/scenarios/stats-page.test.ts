import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findChromium } from '../support/chromium.ts'
import { openDesk, type Desk } from './open-desk.ts'
import { waitUntil } from './start-scenario.ts'

const executable = findChromium()
if (executable === undefined) console.warn('The statistics are not looked at in a browser: no Chromium here. Set CHROMIUM_BIN, or install chromium.')
const withBrowser = executable === undefined ? describe.skip : describe

let desk: Desk
beforeAll(async () => {
  if (executable !== undefined) desk = await openDesk(executable)
})
afterAll(() => desk?.close())

withBrowser('the statistics in the demo', () => {
  const stats = async (): Promise<string> => {
    await desk.write('/swarm stats')
    return (await desk.whisper(/Nothing has been counted|Today/)).innerText()
  }

  test('say in words that there is nothing yet', async () => {
    expect(await stats()).toContain('Nothing has been counted in this workspace yet.')
    await desk.page.getByRole('button', { name: 'murmur Home' }).click()
    const home = desk.page.getByRole('region', { name: 'App Home' })
    await home.getByText('Spend and budget').waitFor()
    expect(await home.innerText()).toContain('Nothing has been counted in this workspace yet.')
    await desk.goTo('general')
  })

  test('show what was done, with charts and the numbers beside them, in the command and in the Home', async () => {
    for (const text of ['@murmur Plan the move of a team to a new issue tracker', '@murmur Write a short announcement about Friday']) {
      await desk.write(text)
      await desk.openThread(text.slice('@murmur '.length))
      await desk.answer()
    }
    const shown = await waitUntil('both are counted', async () => {
      const said = await stats()
      return said.includes('2 runs') && said
    })
    expect(shown).toMatch(/Runs {14}█ {2}2/)
    expect(shown).toMatch(/Response time +\S {2}\d/)
    expect(shown).toContain('Most of the time goes to:')
    await desk.page.getByRole('button', { name: 'murmur Home' }).click()
    const home = desk.page.getByRole('region', { name: 'App Home' })
    await home.getByText('Week by week').waitFor()
    const text = await home.innerText()
    expect(text).toMatch(/You +░+ {2}\$0\.\d{4} of \$10\.0000 today/)
    expect(text).not.toMatch(/:[a-z_]+:/)
    expect(desk.trouble).toEqual([])
  })
})
