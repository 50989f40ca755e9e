import type { TextStage } from './text-stage.ts'

export const redacted = '[redacted]'

interface KeyForm {
  readonly pattern: RegExp
  /** Where ordinary words could match too: real keys of that length always hold a digit. */
  readonly needsDigit?: true
}

/**
 * What looks like a key, inside one run of key characters; forms as published by the issuers. Each pattern runs in
 * linear time.
 */
const keyForms: readonly KeyForm[] = [
  { pattern: /xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8,}/g }, // Slack, also the rotated xoxe.xoxb-
  { pattern: /xapp-[A-Za-z0-9-]{8,}/g },
  { pattern: /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/_-]{16,}/g },
  { pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}/g, needsDigit: true }, // OpenAI, Anthropic and others
  { pattern: /(?<![A-Za-z0-9])[srp]k_(?:live|test)_[A-Za-z0-9]{12,}/g },
  { pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9])/g },
  { pattern: /gh[pousr]_[A-Za-z0-9]{20,}/g },
  { pattern: /github_pat_[A-Za-z0-9_]{20,}/g },
  { pattern: /glpat-[A-Za-z0-9_-]{16,}/g },
  { pattern: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}/g },
  { pattern: /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,1000}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?/g }, // JSON Web Tokens
]
const shortestKey = 12

/** Runs of the characters that keys are made of; a key never spans two. */
const keyRun = /[A-Za-z0-9_.~+/=-]+/g
const keyCharacter = /[A-Za-z0-9_.~+/=-]/
const afterBearer = /\bbearer["']?[\s:=]{1,4}["']?$/i
/** Longer than anything `afterBearer` can match. */
const leadLength = 20

const marker = '-----BEGIN '
const privateKeyHead = /^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/
const privateKeyTail = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/
const longestHead = 90
/** An RSA key of 16,384 bits is about 12,700 characters of PEM; what is longer is no key. */
const longestPrivateKey = 14_000

/**
 * Puts `[redacted]` in the place of tokens, keys and private key blocks, also when they arrive in pieces.
 * A private key block without an end is dropped up to the end of the text.
 */
export function createSecretStage(): TextStage {
  let held = ''
  let lead = ''

  function emit(length: number): string {
    const text = held.slice(0, length)
    held = held.slice(length)
    const safe = redactRuns(text, lead)
    lead = (lead + text).slice(-leadLength)
    return safe
  }

  function take(isLast: boolean): string {
    let out = ''
    for (let start = held.indexOf(marker); start >= 0; start = held.indexOf(marker)) {
      out += emit(start)
      const length = privateKeyLength(held, isLast)
      if (length === undefined) return out
      if (length === 0) out += emit(marker.length)
      else {
        out += redacted
        held = held.slice(length)
      }
    }
    return out + emit(isLast ? held.length : startOfLastRun(held))
  }

  return {
    push(text) {
      held += text
      return take(false)
    },
    end: () => take(true),
  }
}

/** The whole text at once, for example for what goes into a log line. */
export function redactSecrets(text: string): string {
  const stage = createSecretStage()
  return stage.push(text) + stage.end()
}

/** Where the run at the end begins, which may still grow into a key. */
function startOfLastRun(text: string): number {
  let start = text.length
  while (start > 0 && keyCharacter.test(text.charAt(start - 1))) start--
  return start
}

/** For a text that begins with the marker: 0 when it is no private key, undefined when more is needed to tell. */
function privateKeyLength(text: string, isLast: boolean): number | undefined {
  if (!privateKeyHead.test(text.slice(0, longestHead))) {
    // A head never spans lines.
    return isLast || text.length >= longestHead || text.slice(0, longestHead).includes('\n') ? 0 : undefined
  }
  const tail = privateKeyTail.exec(text.slice(0, longestPrivateKey))
  if (tail) return tail.index + tail[0].length
  return isLast || text.length >= longestPrivateKey ? Math.min(text.length, longestPrivateKey) : undefined
}

function redactRuns(text: string, lead: string): string {
  return text.replace(keyRun, (run, at: number) => {
    if (run.length < shortestKey) return run
    const before = at >= leadLength ? text.slice(at - leadLength, at) : lead + text.slice(0, at)
    if (isBearerToken(run) && afterBearer.test(before)) return redacted
    return keyForms.reduce(redactForm, run)
  })
}

function isBearerToken(run: string): boolean {
  return run.length >= 24 || (run.length >= 16 && /\d/.test(run))
}

function redactForm(run: string, { pattern, needsDigit }: KeyForm): string {
  return run.replace(pattern, (key) => (needsDigit && !/\d/.test(key) ? key : redacted))
}
