/** What is left when the tricks that make one character look like another are undone. */
function plainOf(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u00AD\u200B-\u200F\u2060-\u2064*_~`\\]/g, '')
    .trim()
}

/** Endings that make a bare name an address rather than a file: `bank.com`, but not `index.ts` or `README.md`. */
const domainEndings =
  'com|org|net|edu|gov|mil|int|io|co|ai|app|dev|info|biz|me|cloud|online|site|xyz|top|' +
  'de|uk|fr|eu|us|ru|cn|jp|in|br|ch|at|nl|it|es|pl|ca|au'
/**
 * A host after a scheme or `//`; or a bare name with a well-known ending, or one that begins with www. A part of a
 * path is none.
 */
const namedHost = new RegExp(
  String.raw`(?:[a-z][a-z0-9+.-]*:[/\\]+|[/\\]{2,})([^\s/\\?#()[\]]+)|` +
    String.raw`(?<![\p{L}\p{N}@./\\-])((?:[\p{L}\p{N}-]+\.)+(?:${domainEndings})(?![\p{L}\p{N}-])|www\.[\p{L}\p{N}.-]+)`,
  'giu',
)
const mailAddress = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+/giu

/** RFC 3986 characters and letters of any script; no quotes, brackets, backslashes, angles, bars or blanks. */
const addressCharacters = /^[\p{L}\p{N}\p{M}\-._~:/?#@!$&'()*+,;=%]+$/u
const longestAddress = 2_000

/**
 * The address as it may stand in a link, or undefined when it must not be one: another scheme than http, https and
 * mailto, characters that end a link early, or a user name before the host (`https://bank.com@evil.example`).
 */
export function safeAddress(address: string): string | undefined {
  if (address.length > longestAddress || !addressCharacters.test(address)) return undefined
  if (!/^(?:https?:\/\/|mailto:)/i.test(address) || !URL.canParse(address)) return undefined
  const url = new URL(address)
  return url.username === '' && url.password === '' ? address : undefined
}

/** True when the text of a link names a host or mail address, and not the one that the link leads to. */
export function isMisleading(text: string, address: string): boolean {
  const url = new URL(address)
  const shown = plainOf(text)
  if (url.protocol === 'mailto:') {
    const target = url.pathname.toLowerCase()
    for (const [mail] of shown.matchAll(mailAddress)) if (mail.toLowerCase() !== target) return true
  }
  for (const match of shown.matchAll(namedHost)) {
    if (bareHost(hostIn(match[1] ?? match[2] ?? '')) !== bareHost(url.hostname)) return true
  }
  return false
}

function hostIn(found: string): string {
  const url = `https://${found}`
  return URL.canParse(url) ? new URL(url).hostname : found
}

function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '')
}
