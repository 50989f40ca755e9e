import { isIP } from 'node:net'
import type { WebAccess } from './web-access.ts'

/** Why a page could not be had, in words for the model. */
export class FetchProblem extends Error {
  override readonly name = 'FetchProblem'
}

/** A URL that may be asked, and the only addresses a connection for it may go to. */
export interface CheckedTarget {
  readonly url: URL
  readonly addresses: readonly string[]
}

const maxUrlChars = 2_000
const maxAddresses = 8
/** Names that never belong to the public web, whatever they resolve to here. */
const localNames = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa|corp|home|onion)\.?$/i

/**
 * Checks a URL and resolves its host, once: the connection must use the addresses found here, or a second answer of the
 * name server could lead it elsewhere.
 * @throws {FetchProblem} when anything about it is not the public web
 */
export async function checkTarget(text: string, access: WebAccess, signal: AbortSignal): Promise<CheckedTarget> {
  const url = readUrl(text)
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if (!access.allowsPort(port))
    throw new FetchProblem(
      `Expected a web port (80, 443, 8080 or 8443), found ${port}. Only public web pages can be read.`,
    )
  // Brackets are the URL's way of writing an IPv6 address; the parser has already made 0x7f.1 and the like plain
  // addresses.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(host) === 0 ? await resolveName(host, access, signal) : [host]
  // One refused address refuses all: a name with public and private addresses is misconfigured or an attack.
  if (!addresses.every((address) => access.allowsAddress(address))) {
    throw new FetchProblem(
      `Expected an address on the public internet, but ${host} leads to a private or reserved one. It is never ` +
      'fetched.',
    )
  }
  return { url, addresses }
}

function readUrl(text: string): URL {
  // Slack writes links as <https://example.com|label>.
  const bare = text.trim().replace(/^<([^|>]+)(?:\|[^>]*)?>$/, '$1')
  if (bare.length > maxUrlChars)
    throw new FetchProblem(`Expected a URL of at most ${maxUrlChars} characters, found ${bare.length}.`)
  const url = URL.parse(bare)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new FetchProblem(
      `Expected a full http or https URL, found "${bare.slice(0, 60)}". Write it like https://example.com/page.`,
    )
  }
  if (url.username !== '' || url.password !== '')
    throw new FetchProblem('Expected a URL without a user name or password, found one. Leave them out.')
  url.hash = ''
  return url
}

async function resolveName(host: string, access: WebAccess, signal: AbortSignal): Promise<readonly string[]> {
  if (!host.replace(/\.$/, '').includes('.') || localNames.test(host)) {
    throw new FetchProblem(
      `Expected a host on the public internet, found the local name ${host.slice(0, 100)}. It is never fetched.`,
    )
  }
  const addresses = (await access.resolveHost(host, signal)).slice(0, maxAddresses)
  signal.throwIfAborted()
  if (addresses.length === 0)
    throw new FetchProblem(
      `Expected a host that exists, but ${host.slice(0, 100)} has no address. Check the spelling of the URL.`,
    )
  return addresses
}
