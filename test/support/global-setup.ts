import { globSync } from 'node:fs'
import { join, relative } from 'node:path'
import { startChroma } from './chroma.ts'
import { provideChromium } from './chromium.ts'
import { reachableFiles } from './module-imports.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'
import type { TestServer } from './tied-server.ts'

declare global {
  var testServers: TestServer[] | undefined
}

const root = join(import.meta.dirname, '../..')

interface GlobalConfig {
  readonly testPathPatterns: { readonly patterns: readonly string[] }
}

/**
 * Provides what the chosen test files need, one thing after the other, and passes it on in the environment, which all workers inherit:
 * `TEST_POSTGRES_URL`, `TEST_CHROMA_URL` and `TEST_REDIS_URL` (kept when they are set already) and `CHROMIUM_BIN`.
 * A file needs PostgreSQL when it imports `support/postgres.ts`, directly or through others, and Chromium, Chroma and Redis likewise: a run without
 * store tests starts no server.
 */
export default async function setup(config: GlobalConfig): Promise<void> {
  globalThis.testServers = []
  const needed = neededFiles(config.testPathPatterns.patterns)
  if (needed.has('test/support/chromium.ts')) {
    const path = await provideChromium()
    if (path !== undefined) process.env['CHROMIUM_BIN'] = path
  }
  if (needed.has('test/support/postgres.ts') && process.env['TEST_POSTGRES_URL'] === undefined) {
    const postgres = await startPostgres()
    globalThis.testServers.push(postgres)
    process.env['TEST_POSTGRES_URL'] = postgres.url
  }
  if (needed.has('test/support/chroma.ts') && process.env['TEST_CHROMA_URL'] === undefined) {
    const chroma = await startChroma()
    globalThis.testServers.push(chroma)
    process.env['TEST_CHROMA_URL'] = chroma.url
  }
  if (needed.has('test/support/redis.ts') && process.env['TEST_REDIS_URL'] === undefined) {
    const redis = await startRedis()
    globalThis.testServers.push(redis)
    process.env['TEST_REDIS_URL'] = redis.url
  }
}

// Jest matches each pattern as a regular expression against absolute paths, ignoring case; no pattern means all files.
function neededFiles(patterns: readonly string[]): Set<string> {
  const matchers = patterns.map((pattern) => new RegExp(pattern, 'i'))
  const files = globSync('test/**/*.{test,faults}.ts', { cwd: root }).map((file) => join(root, file))
  const chosen = files.filter((file) => matchers.length === 0 || matchers.some((matcher) => matcher.test(file)))
  const reached = new Set<string>()
  for (const file of chosen) reachableFiles(file, reached)
  return new Set([...reached].map((file) => relative(root, file)))
}
