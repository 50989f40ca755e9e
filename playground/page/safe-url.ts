const linkSchemes = new Set(['http:', 'https:', 'mailto:', 'tel:', 'slack:'])
const imageSchemes = new Set(['http:', 'https:'])

/**
 * Returns the address when a person may be sent there, else undefined: `javascript:`, `data:` and the like never become
 * a link.
 */
export function safeUrl(address: string): string | undefined {
  return readUrl(address, linkSchemes)
}

/** Returns the address when an image may be loaded from it, else undefined. Relative addresses are refused. */
export function safeImageUrl(address: string): string | undefined {
  return readUrl(address, imageSchemes)
}

function readUrl(address: string, schemes: ReadonlySet<string>): string | undefined {
  const url = URL.parse(address.trim())
  return url !== null && schemes.has(url.protocol) ? url.href : undefined
}
