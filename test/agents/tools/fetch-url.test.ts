import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createFetchUrl } from '../../../src/agents/tools/fetch-url.ts'
import { maxToolChars } from '../../../src/agents/tools/tool.ts'
import { publicWeb } from '../../../src/agents/tools/web-access.ts'
import type { WebAccess } from '../../../src/agents/tools/web-access.ts'
import { aContext } from './a-context.ts'
import { workOf } from '../../support/work-of.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let base: string
let port: number
let answers: Map<string, Answer>
let seen: IncomingMessage[]
let lookups: string[]

beforeEach(async () => {
  answers = new Map()
  seen = []
  lookups = []
  server = createServer((request, response) => {
    seen.push(request)
    const answer = answers.get(request.url ?? '')
    if (answer) answer(request, response)
    else response.writeHead(404).end('nothing here')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port
  base = `http://site.example:${port}`
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
})

/** The public rules, but `*.example` is this server and its address and port are allowed. */
const localWeb = (overrides: Partial<WebAccess> = {}): WebAccess => ({
  ...publicWeb,
  resolveHost: async (host) => {
    lookups.push(host)
    return host.endsWith('.example') ? ['127.0.0.1'] : []
  },
  allowsAddress: (address) => address === '127.0.0.1',
  allowsPort: () => true,
  ...overrides,
})

const page = (path: string, type: string, body: string | Buffer, headers: Record<string, string> = {}): void => {
  answers.set(path, (_, response) => response.writeHead(200, { 'content-type': type, ...headers }).end(body))
}

const redirect = (path: string, location: string): void => {
  answers.set(path, (_, response) => response.writeHead(302, { location }).end())
}

const read = (url: string, access: WebAccess = localWeb(), input = {}): Promise<string> =>
  createFetchUrl(access).run({ url, ...input }, aContext())

test('turns a page into its title and text, without scripts, menus and markup', async () => {
  page(
    '/a',
    'text/html; charset=utf-8',
    `<html><head><title>Q&amp;A  page</title><style>b{}</style><script>steal()</script></head><body>
    <nav>Home About</nav><h1>Prices</h1><p>The plan costs <b>12 €</b> a month.<ul><li>fast<li>small</ul>
    <table><tr><th>Plan</th><th>Seats</th></tr><tr><td>Team</td><td>50</td></tr></table>
    <footer>Imprint</footer></body></html>`,
  )
  const text = await read(`${base}/a`)
  expect(text).toContain(`Text of ${base}/a ("Q&A page")`)
  expect(text).toContain('The plan costs 12 € a month.')
  expect(text).toContain('\n* fast\n* small')
  expect(text).toContain('Plan | Seats\nTeam | 50')
  expect(text).not.toMatch(/steal|Home About|Imprint|<b>|b\{\}/)
})

test('keeps to the main part of a page that has one, and shows links when asked', async () => {
  page(
    '/a',
    'text/html',
    `<body><div>Cookie banner</div><main><p>${'Long enough. '.repeat(20)}<a href="/b">more</a></p></main></body>`,
  )
  expect(await read(`${base}/a`)).not.toContain('Cookie banner')
  expect(await read(`${base}/a`)).not.toContain('/b')
  expect(await read(`${base}/a`, localWeb(), { links: true })).toContain(`more [${base}/b]`)
})

test('asks with GET under its own name, without cookies or credentials', async () => {
  page('/a', 'text/plain', 'fine')
  await read(`${base}/a`)
  await read(`${base}/a`)
  const [request] = seen
  expect(request?.method).toBe('GET')
  expect(request?.headers).toMatchObject({ 'user-agent': 'Murmur', 'host': `site.example:${port}` })
  expect(Object.keys(request?.headers ?? {})).not.toEqual(expect.arrayContaining(['cookie']))
  expect(Object.keys(request?.headers ?? {})).not.toEqual(expect.arrayContaining(['authorization']))
})

test.each([
  ['JSON', 'application/json', '{"a":1}'],
  ['a JSON dialect', 'application/ld+json; charset=utf-8', '{"@id":1}'],
  ['XML', 'application/rss+xml', '<rss>news</rss>'],
  ['CSV', 'text/csv', 'a,b\n1,2'],
])('gives %s as it is', async (_, type, body) => {
  page('/a', type, body)
  expect(await read(`${base}/a`)).toContain(body)
})

test.each(['application/pdf', 'image/png', 'application/octet-stream', 'video/mp4', ''])(
  'refuses the content type "%s"',
  async (type) => {
    page('/a', type, 'binary')
    expect(await read(`${base}/a`)).toMatch(/^Error: Expected a text page/)
  },
)

test('decodes by the header, else by the page itself', async () => {
  page('/header', 'text/plain; charset=iso-8859-1', Buffer.from('caf\xe9', 'latin1'))
  page('/meta', 'text/html', Buffer.from('<meta charset="windows-1252"><p>caf\xe9</p>', 'latin1'))
  page('/wrong', 'text/plain; charset=klingon', 'café')
  for (const path of ['/header', '/meta', '/wrong']) expect(await read(base + path)).toContain('café')
})

test('pages through a long text without a gap', async () => {
  const words = Array.from({ length: 5_000 }, (_, index) => `w${index}`).join(' ')
  page('/a', 'text/plain', words)
  let all = ''
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const text: string = await read(`${base}/a`, localWeb(), { offset })
    expect(text.length).toBeLessThanOrEqual(maxToolChars)
    all += text.split('\n\n')[1]
    const next = /read on with offset (\d+)/.exec(text)?.[1]
    offset = next === undefined ? undefined : Number(next)
  }
  expect(all).toBe(words)
  expect(await read(`${base}/a`, localWeb(), { offset: 999_999 })).toMatch(/^Error: Expected an offset below/)
})

test('accepts a link in the form Slack writes it', async () => {
  page('/a', 'text/plain', 'fine')
  expect(await read(`<${base}/a|our page>`)).toContain('fine')
})

test.each([
  ['ftp://site.example/a', 'http or https'],
  ['file:///etc/passwd', 'http or https'],
  ['javascript:alert(1)', 'http or https'],
  ['data:text/plain,hi', 'http or https'],
  ['site.example/a', 'http or https'],
  ['not a url', 'http or https'],
  ['http://me:secret@site.example/', 'without a user name'],
  [`http://site.example/${'a'.repeat(2_100)}`, 'at most 2000 characters'],
])('refuses %.40s', async (url, reason) => {
  const text = await read(url)
  expect(text).toMatch(/^Error: /)
  expect(text).toContain(reason)
  expect(text).not.toContain('secret')
})

test.each([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://[fd00:ec2::254]/',
  'http://169.254.169.254/latest/meta-data/',
  'http://10.0.0.1/',
  'http://192.168.0.1/',
  'http://100.64.0.1/',
  'http://localhost/',
  'http://localhost./',
  'http://a.localhost/',
  'http://metadata.google.internal/',
  'http://printer.local/',
  'http://redis/',
  'https://127.0.0.1/',
  'http://①②⑦.⓪.⓪.①/',
])('never connects to %s', async (url) => {
  const text = await read(url, { ...publicWeb, resolveHost: async () => ['127.0.0.1'] })
  expect(text).toMatch(/^Error: Expected .*(?:public internet)/)
})

test.each([22, 25, 6379, 3000, 5432, 8000, 65_535])('refuses port %i', async (odd) => {
  expect(await read(`http://site.example:${odd}/`, localWeb({ allowsPort: publicWeb.allowsPort }))).toContain(
    `found ${odd}`,
  )
})

test('refuses a name that leads to a private address', async () => {
  const text = await read('http://rebind.example/', { ...publicWeb, resolveHost: async () => ['10.0.0.7'] })
  expect(text).toMatch(/public internet/)
  expect(text).not.toContain('10.0.0.7')
})

test('refuses a name with a public and a private address', async () => {
  expect(
    await read('http://both.example/', { ...publicWeb, resolveHost: async () => ['93.184.216.34', '127.0.0.1'] }),
  ).toMatch(/public internet/)
})

test('connects to the checked address although the name would resolve elsewhere by now', async () => {
  page('/a', 'text/plain', 'the checked server')
  const turns = [['127.0.0.1'], ['10.0.0.1']]
  const text = await read(`${base}/a`, localWeb({ resolveHost: async () => turns.shift() ?? [] }))
  expect(text).toContain('the checked server')
  expect(turns).toHaveLength(1)
})

test('follows redirects, checking each host anew', async () => {
  redirect('/a', `http://other.example:${port}/b`)
  redirect('/b', '/c')
  page('/c', 'text/plain', 'arrived')
  const text = await read(`${base}/a`)
  expect(text).toContain(`Text of http://other.example:${port}/c`)
  expect(lookups).toEqual(['site.example', 'other.example', 'other.example'])
})

test.each(['http://10.0.0.1/', 'http://169.254.169.254/', 'http://localhost/', 'file:///etc/passwd', 'http://[::1]/'])(
  'does not follow a redirect to %s',
  async (location) => {
    redirect('/a', location)
    expect(await read(`${base}/a`)).toMatch(/^Error: /)
    expect(seen).toHaveLength(1)
  },
)

test('does not follow a redirect to a refused port', async () => {
  redirect('/a', 'http://site.example:6379/')
  expect(await read(`${base}/a`, localWeb({ allowsPort: (asked) => asked === port }))).toContain('found 6379')
})

test('takes five redirects and no more', async () => {
  for (let hop = 0; hop < 6; hop += 1) redirect(`/${hop}`, `/${hop + 1}`)
  page('/6', 'text/plain', 'arrived')
  expect(await read(`${base}/1`)).toContain('arrived')
  expect(await read(`${base}/0`)).toMatch(/^Error: Expected at most 5 redirects/)
})

test('reads no more of a page than its bound', async () => {
  page('/a', 'text/plain', `start ${'x'.repeat(50_000)}`)
  const text = await read(`${base}/a`, localWeb({ maxBytes: 1_000 }))
  expect(text).toContain('start')
  expect(text.length).toBeLessThan(1_400)
  expect(text).toContain('the page is longer than what is read')
})

test.each([
  ['gzip', gzipSync(Buffer.alloc(50_000_000, 'x'))],
  ['br', brotliCompressSync(Buffer.alloc(50_000_000, 'x'))],
])('stops unpacking a %s bomb at the bound', async (encoding, body) => {
  page('/a', 'text/plain', body, { 'content-encoding': encoding })
  const before = process.memoryUsage().arrayBuffers
  expect(await read(`${base}/a`)).toMatch(/^Text of/)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000)
})

test('gives up on a page that does not come in time', async () => {
  answers.set('/headers', () => undefined)
  answers.set('/body', (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).write('only a start'))
  for (const path of ['/headers', '/body']) {
    expect(await read(base + path, localWeb({ timeoutMs: 150 }))).toMatch(
      /^Error: Expected the page within 0.15 seconds/,
    )
  }
})

test('gives up on a name server that does not answer in time', async () => {
  const resolveHost: WebAccess['resolveHost'] = (_, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  expect(await read(`${base}/a`, localWeb({ timeoutMs: 100, resolveHost }))).toMatch(/^Error: Expected the page within/)
})

test('throws when the run is cancelled meanwhile', async () => {
  const cancel = new AbortController()
  answers.set('/a', () => cancel.abort(new Error('stopped')))
  await expect(
    createFetchUrl(localWeb()).run({ url: `${base}/a` }, aContext({ signal: cancel.signal })),
  ).rejects.toThrow('stopped')
})

test.each([
  ['a page that is missing', 404],
  ['a page that needs a sign-in', 401],
  ['a server that fails', 500],
])('reports %s', async (_, status) => {
  answers.set('/a', (_request, response) => response.writeHead(status).end())
  expect(await read(`${base}/a`)).toContain(`answered ${status}`)
})

test('reports a host that does not exist and a server that refuses', async () => {
  expect(await read('http://nowhere.test.invalid/')).toContain('has no address')
  server.closeAllConnections()
  await new Promise((closed) => server.close(closed))
  expect(await read(`${base}/a`)).toMatch(/^Error: The page could not be fetched \(ECONNREFUSED\)/)
  server = createServer()
})

test('survives hostile HTML in a bounded time', async () => {
  page('/deep', 'text/html', `${'<div>'.repeat(150_000)}deep`)
  page('/wide', 'text/html', `<body>start ${'<p>x</p>'.repeat(120_000)}`)
  page(
    '/table',
    'text/html',
    `<body>start<table><tr>${'<td colspan=9999 rowspan=9999>x</td>'.repeat(20_000)}</tr></table>`,
  )
  page('/broken', 'text/html', `<body>start ${'<a href="'.repeat(100_000)}`)
  page('/entities', 'text/html', `<title>${'&amp;'.repeat(300)}</title>start ${'&#x41;'.repeat(150_000)}`)
  for (const path of ['/deep', '/wide', '/table', '/broken', '/entities']) {
    expect(await workOf(async () => expect(typeof (await read(base + path, localWeb(), { links: true }))).toBe('string'))).toBeLessThan(10_000)
  }
})
