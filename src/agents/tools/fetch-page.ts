import { isIPv6 } from 'node:net'
import type { LookupFunction } from 'node:net'
import type { Response } from 'undici'
import { checkTarget, FetchProblem } from './checked-target.ts'
import type { CheckedTarget } from './checked-target.ts'
import type { WebAccess } from './web-access.ts'

export interface FetchedPage {
  /** After redirects. */
  readonly url: string
  /** In lower case, without parameters, such as `text/html`. */
  readonly mediaType: string
  /** As the header names it; undefined when it does not. */
  readonly charset: string | undefined
  readonly bytes: Uint8Array
  /** True when the page went on beyond `maxBytes`. */
  readonly isCut: boolean
}

const maxRedirects = 5
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308]
const textTypes = /^(?:text\/[\w.+-]+|application\/(?:json|xml|[\w.-]+\+(?:json|xml)))$/
const headers = {
  'user-agent': 'Murmur',
  'accept': 'text/html, application/xhtml+xml, text/*;q=0.9, application/json;q=0.9, application/xml;q=0.8, */*;q=0.1',
}

/**
 * Gets one page with GET, without cookies or credentials. Every redirect is checked like a first address.
 * @throws {FetchProblem} when it is refused, fails, or is no text
 */
export async function fetchPage(address: string, access: WebAccess, signal: AbortSignal): Promise<FetchedPage> {
  let next = address
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const target = await checkTarget(next, access, signal)
    const result = await getOnce(target, access, signal)
    if ('bytes' in result) return result
    next = result.location
  }
  throw new FetchProblem(`Expected at most ${maxRedirects} redirects, found more. The page cannot be read.`)
}

async function getOnce(
  target: CheckedTarget,
  access: WebAccess,
  signal: AbortSignal,
): Promise<FetchedPage | { location: string }> {
  // Read on first use: undici is large.
  const { Agent, fetch } = await import('undici')
  // One agent a request: a kept connection could belong to another name's check.
  const agent = new Agent({
    connect: { lookup: pinTo(target), timeout: access.timeoutMs },
    connections: 1,
    pipelining: 0,
  })
  try {
    const response = await fetch(target.url, { dispatcher: agent, redirect: 'manual', headers, signal })
    if (redirectStatuses.includes(response.status)) return { location: readLocation(response, target.url) }
    if (!response.ok)
      throw new FetchProblem(
        `Expected a page at ${target.url.href}, but the server answered ${response.status}. Try another address.`,
      )
    return { url: target.url.href, ...readMediaType(response), ...(await readBounded(response, access.maxBytes)) }
  } finally {
    await agent.destroy()
  }
}

/** Answers a connection's lookup with the checked addresses, and for no other host. */
function pinTo({ url, addresses }: CheckedTarget): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (host, options, callback) => {
    const first = entries[0]
    if (host !== url.hostname || first === undefined)
      callback(new FetchProblem('Expected the checked host, found another one.'), '', 4)
    else if (options.all === true) callback(null, entries)
    else callback(null, first.address, first.family)
  }
}

function readLocation(response: Response, from: URL): string {
  const location = response.headers.get('location') ?? ''
  const url = location === '' ? null : URL.parse(location, from)
  if (!url)
    throw new FetchProblem(`Expected a redirect to another address, but ${from.href} names none that can be read.`)
  return url.href
}

function readMediaType(response: Response): { mediaType: string; charset: string | undefined } {
  const header = response.headers.get('content-type') ?? ''
  const mediaType = (header.split(';')[0] ?? '').trim().toLowerCase()
  if (!textTypes.test(mediaType)) {
    throw new FetchProblem(
      `Expected a text page (HTML, text, JSON or XML), found ${mediaType.slice(0, 60) || 'no content type'}. It ` +
      'cannot be read here.',
    )
  }
  return { mediaType, charset: /;\s*charset\s*=\s*"?([\w-]{1,40})/i.exec(header)?.[1]?.toLowerCase() }
}

/** Counts what comes out of decompression, so a small file cannot unpack into a large one. */
async function readBounded(response: Response, maxBytes: number): Promise<{ bytes: Uint8Array; isCut: boolean }> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    size += chunk.byteLength
    // Leaving the loop cancels the body.
    if (size > maxBytes) break
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isCut: size > maxBytes }
}
