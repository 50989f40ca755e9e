interface KnownError {
  readonly sign: RegExp
  readonly meaning: string
}

const known: readonly KnownError[] = [
  {
    sign: /typeerror|cannot read propert(?:y|ies)|undefined is not|null is not|is not a function/i,
    meaning:
      'a value was `undefined` or `null` where an object or function was expected. Look at where it should have '
      + 'been set, and guard or fix that place rather than the one that fails.',
  },
  {
    sign: /ECONNREFUSED/,
    meaning: 'nothing listens at that address and port: the server is not started, or the address is wrong.',
  },
  { sign: /ENOTFOUND|EAI_AGAIN/, meaning: 'the host name could not be resolved: a typing error in it, or no DNS.' },
  {
    sign: /ENOENT/,
    meaning: 'the file or folder does not exist at that path; relative paths start at the working directory.',
  },
  {
    sign: /EACCES|EPERM|permission denied/i,
    meaning: 'the process may not do that: check owner and mode of the file, or the port (below 1024 needs rights).',
  },
  { sign: /EADDRINUSE/, meaning: 'another process already listens on that port.' },
  {
    sign: /ETIMEDOUT|timed? ?out/i,
    meaning: 'no answer in time: the other side is slow or unreachable, or a firewall drops the packets.',
  },
  { sign: /out of memory|heap/i, meaning: 'memory ran out: look for a list that only grows, and process in parts.' },
  { sign: /\b401\b|unauthori[sz]ed/i, meaning: 'the key or token is missing, wrong or expired.' },
  { sign: /\b403\b|forbidden/i, meaning: 'the key is good but may not do this: a permission or scope is missing.' },
  { sign: /\b404\b/, meaning: 'the address does not exist there: check path, version and id.' },
  {
    sign: /\b429\b|rate limit/i,
    meaning: 'too many requests: wait as long as `Retry-After` says, then send fewer at once.',
  },
  {
    sign: /\b50[0234]\b|internal server error|bad gateway/i,
    meaning: 'the other side failed: try again with growing pauses, and look at its status page or logs.',
  },
  {
    sign: /syntaxerror|unexpected token/i,
    meaning:
      'the text is not what the parser expects; often HTML where JSON was expected, or a missing bracket before '
      + 'the place named.',
  },
]

/** What an error in a text usually means, with the place it names; undefined when there is none that is known. */
export function explainError(text: string): string | undefined {
  const found = known.find(({ sign }) => sign.test(text))
  if (found === undefined) return undefined
  const name = found.sign.exec(text)?.[0] ?? ''
  const place = /([\w./\\-]+\.(?:tsx?|m?jsx?|py|go|rs|java|rb)):(\d+)/.exec(text)
  return (
    `**\`${name}\`** usually means that `
    + `${found.meaning}${place === null ? '' : ` Start at \`${place[1]}\`, line ${place[2]}.`}`
  )
}
