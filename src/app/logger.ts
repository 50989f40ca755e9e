import { hostname } from 'node:os'
import pino, { type DestinationStream, type Logger } from 'pino'

/** Field paths that may hold a secret, wherever a library puts its request into an error. */
const secretPaths = ['token', 'authorization', 'Authorization', 'headers.authorization', 'headers.Authorization', 'apiKey', 'clientSecret', 'signingSecret', 'botToken'].flatMap(
  (path) => [path, `*.${path}`, `*.*.${path}`],
)

const secretPattern = /\b(?:xox[a-z]-|xapp-|xoxe[.-])[\w.-]{6,}|\bsk-[\w-]{8,}|\bBearer\s+[\w.~+/-]{8,}=*|\b(?:ghp|gho|github_pat)_\w{10,}|\bAKIA[A-Z0-9]{12,}/g

/** Replaces tokens and keys in a text, for example in the message of somebody else's error. */
export const redact = (text: string): string => text.replace(secretPattern, '[redacted]')

/** Numbers of pino's levels as the names that the Elastic Common Schema expects. */
const ecsLevel = (label: string) => ({ 'log.level': label })

/** An error as ECS fields, redacted; pino's own shape would carry whole requests of the libraries. */
function ecsError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { 'error.message': redact(String(error)) }
  const code = 'code' in error ? { 'error.code': String(error.code) } : {}
  const cause = error.cause instanceof Error ? { 'error.cause': redact(`${error.cause.name}: ${error.cause.message}`) } : {}
  return { 'error.type': error.name, 'error.message': redact(error.message), 'error.stack_trace': redact(error.stack ?? ''), ...code, ...cause }
}

/** What was logged with an error says it where the Elastic Common Schema has it: at the top. */
function flattenError({ err, ...facts }: Record<string, unknown>): Record<string, unknown> {
  return err === undefined ? facts : { ...facts, ...ecsError(err) }
}

/** JSON lines in ECS fields, with secrets taken out. `destination` is where tests listen. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { 'service.name': 'murmur', 'ecs.version': '8.11.0', 'host.hostname': hostname(), 'process.pid': process.pid },
    messageKey: 'message',
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    formatters: { level: ecsLevel, log: flattenError },
    redact: { paths: secretPaths, censor: '[redacted]' },
  }
  return destination ? pino(options, destination) : pino(options)
}
