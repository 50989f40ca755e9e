import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chromium, type Browser, type Page } from 'playwright-core'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import type { WorkspaceSeed } from '../../../playground/workspace/seed.ts'
import type { Workspace } from '../../../playground/workspace/workspace.ts'

/** What the workspace sent to the app: an event, command or interaction, decoded. */
export type Received = Readonly<Record<string, unknown>>

/** A workspace with its page in a browser, and an app that only listens and answers as told. */
export interface Playground {
  readonly workspace: Workspace
  readonly page: Page
  readonly received: Received[]
  /** What went wrong in the page: errors, and attempts that the content security policy stopped. */
  readonly trouble: string[]
  /** Sets how the app answers what it receives; undefined is an empty 200. */
  answerWith(answer: (body: Received) => unknown): void
  /** Calls a Web API method as the bot. Throws when it is refused. */
  callApi(method: string, parameters: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
  open(place: string, thread?: string, user?: string): Promise<void>
  close(): Promise<void>
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--no-first-run',
]

/** Starts a browser for the tests of one file. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, headless: true, args: flags })
}

/** Starts a workspace and a listening app, and opens an empty page. */
export async function openPlayground(browser: Browser, seed: WorkspaceSeed = {}): Promise<Playground> {
  const workspace = await createWorkspace({ seed })
  const received: Received[] = []
  const trouble: string[] = []
  let answer: (body: Received) => unknown = () => undefined
  const app = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const body = decode(Buffer.concat(parts).toString('utf8'))
      received.push(body)
      const said = answer(body)
      response.setHeader('content-type', 'application/json')
      response.end(said === undefined ? '' : JSON.stringify(said))
    })
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  workspace.connect(`http://127.0.0.1:${(app.address() as AddressInfo).port}`)
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(8000)
  page.on('pageerror', (error) => trouble.push(error.message))
  page.on('console', (message) => {
    if (/Content.Security.Policy|Refused to/i.test(message.text())) trouble.push(message.text())
  })
  return {
    workspace,
    page,
    received,
    trouble,
    answerWith: (next) => {
      answer = next
    },
    callApi: (method, parameters) => callApi(workspace, method, parameters),
    open: async (place, thread = '', user = 'U0ALICE0001') => {
      await page.goto(`${workspace.url}/#user=${user}&place=${place}${thread === '' ? '' : `&thread=${thread}`}`)
      await page.locator('.sidebar').waitFor()
    },
    close: async () => {
      await page.close()
      await workspace.close()
      app.closeAllConnections()
      await new Promise((resolve) => app.close(resolve))
    },
  }
}

async function callApi(
  workspace: Workspace,
  method: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<Received> {
  const response = await fetch(workspace.apiUrl + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(parameters),
  })
  const answer = (await response.json()) as Received
  if (answer['ok'] !== true) throw new Error(`Expected ${method} to be taken, got ${JSON.stringify(answer)}.`)
  return answer
}

function decode(text: string): Received {
  if (text.startsWith('{')) return JSON.parse(text) as Received
  const form = new URLSearchParams(text)
  return form.has('payload') ? (JSON.parse(form.get('payload') ?? '{}') as Received) : Object.fromEntries(form)
}
