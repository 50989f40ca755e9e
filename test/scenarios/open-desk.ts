import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import { readAppManifest } from '../../playground/read-app-manifest.ts'
import { startApp } from '../../playground/start-app.ts'
import { createWorkspace } from '../../playground/workspace/create-workspace.ts'
import type { Workspace } from '../../playground/workspace/workspace.ts'
import { projectRoot } from '../support/source-tree.ts'

/** A person before the demo: the real app behind the real page, with the offline model. */
export interface Desk {
  readonly workspace: Workspace
  readonly model: OfflineModel
  readonly page: Page
  /** The open channel, and the thread at its side. */
  readonly channel: Locator
  readonly thread: Locator
  /** What went wrong in the page: errors, and what the content security policy refused. */
  readonly trouble: readonly string[]
  /** Opens a channel, the direct message or the Home by its name in the sidebar. */
  goTo(name: string): Promise<void>
  actAs(firstName: string): Promise<void>
  /** Types into the composer of the channel or the thread, and sends with Enter. */
  write(text: string, where?: 'channel' | 'thread'): Promise<void>
  /** Opens the thread under the newest message with this text; waits until something was said in it. */
  openThread(text: string): Promise<void>
  /** The finished answer of this number in the open thread, counted from 1; finished is what has thumbs. */
  answer(number?: number): Promise<Locator>
  /** The newest message that only the acting person sees, once one has this text. */
  whisper(text: string | RegExp): Promise<Locator>
  /** Keeps what is seen as docs/screenshots/<name>.png when `UPDATE_SCREENSHOTS=1`; they look best where Lato is installed. */
  shoot(name: string): Promise<void>
  close(): Promise<void>
}

const flags = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run']
const stepTimeoutMs = 20_000

/** Starts all of the demo on free ports, and a browser that looks at #general as Alice, who is an admin. */
export async function openDesk(executablePath: string): Promise<Desk> {
  await using started = new AsyncDisposableStack()
  const dataDir = started.adopt(mkdtempSync(join(tmpdir(), 'murmur-browser-')), (path) => rmSync(path, { recursive: true, force: true }))
  const model = started.adopt(await createOfflineModel({ latencyMs: 50, chunkDelayMs: 10 }), (one) => one.close())
  const workspace = started.adopt(await createWorkspace({ seed: await readAppManifest() }), (one) => one.close())
  const options = { workspace, dataDir, openAiBaseUrl: model.baseUrl, openAiApiKey: 'offline-test-key', environment: { NODE_ENV: 'test' } }
  started.adopt(await startApp(options), async (app) => void (await app.stop('SIGKILL')))
  const browser = started.adopt(await chromium.launch({ executablePath, headless: true, args: flags }), (one) => one.close())
  const trouble: string[] = []
  const page = await openPage(browser, trouble)
  await page.goto(workspace.url)
  await page.getByRole('radio', { name: 'Alice', checked: true }).waitFor()
  const all = started.move()
  return { workspace, model, page, trouble, ...handsOn(page), shoot: (name) => shoot(page, name), close: () => all.disposeAsync() }
}

type Hands = Omit<Desk, 'workspace' | 'model' | 'page' | 'trouble' | 'shoot' | 'close'>

function handsOn(page: Page): Hands {
  const [channel, thread] = [page.locator('.channel-pane'), page.getByRole('complementary', { name: 'Thread' })]
  return {
    channel,
    thread,
    async goTo(name) {
      await page.locator('.sidebar-item', { hasText: name }).click()
      await page.locator('.sidebar-item[aria-current=page]', { hasText: name }).waitFor()
    },
    async actAs(firstName) {
      await page.getByRole('radio', { name: firstName }).click()
      await page.getByRole('radio', { name: firstName, checked: true }).waitFor()
    },
    async write(text, where = 'channel') {
      const field = (where === 'channel' ? channel : thread).getByRole('combobox', { name: /^(Message|Reply)/ })
      await field.fill(text)
      await field.press('Enter')
    },
    async openThread(text) {
      await channel.locator('.message:not(.ephemeral)', { hasText: text }).last().locator('.reply-bar').click()
      await thread.getByText(text).first().waitFor()
    },
    async answer(number = 1) {
      const finished = thread.locator('.message').filter({ has: page.getByRole('group', { name: 'Feedback' }) })
      await finished.nth(number - 1).waitFor()
      return finished.nth(number - 1)
    },
    async whisper(text) {
      const found = page.locator('.message.ephemeral').filter({ hasText: text }).last()
      await found.getByText('Only visible to you').waitFor()
      return found
    },
  }
}

async function openPage(browser: Browser, trouble: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-US' })
  page.setDefaultTimeout(stepTimeoutMs)
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security.Policy|Refused to/i.test(message.text())) trouble.push(message.text())
  })
  return page
}

async function shoot(page: Page, name: string): Promise<void> {
  if (process.env['UPDATE_SCREENSHOTS'] !== '1') return
  const folder = join(projectRoot, 'docs/screenshots')
  mkdirSync(folder, { recursive: true })
  // The pointer opens toolbars over what it rests on.
  await page.mouse.move(640, 20)
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' })
}
