import { Resolver } from 'node:dns/promises'
import { isPublicAddress } from './public-address.ts'

/** The outside as `fetch_url` sees it; tests pass their own to reach a local server. */
export interface WebAccess {
  /** All addresses of a host name, as text; empty when it has none. */
  readonly resolveHost: (host: string, signal: AbortSignal) => Promise<readonly string[]>
  readonly allowsAddress: (address: string) => boolean
  readonly allowsPort: (port: number) => boolean
  /** For everything: lookups, redirects, body. */
  readonly timeoutMs: number
  /** After decompression; the rest of a longer page is not read. */
  readonly maxBytes: number
}

const lookupTimeoutMs = 2_500
const publicPorts: readonly number[] = [80, 443, 8080, 8443]

/** The public internet: public addresses on web ports, 10 seconds and 2 MB a page. */
export const publicWeb: WebAccess = {
  resolveHost: resolvePublicly,
  allowsAddress: isPublicAddress,
  allowsPort: (port) => publicPorts.includes(port),
  timeoutMs: 10_000,
  maxBytes: 2_000_000,
}

/**
 * Asks the name servers themselves, not the system's resolver: that one also reads the hosts file, cannot be cancelled,
 * and takes a thread of the pool while a slow server keeps it waiting.
 */
async function resolvePublicly(host: string, signal: AbortSignal): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: lookupTimeoutMs, tries: 2 })
  const cancel = (): void => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
