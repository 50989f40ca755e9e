import { execFile } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, killTied, logTail, spawnTied, startAgain, stopper, until, type MortalServer } from './tied-server.ts'

const run = promisify(execFile)

const manifest = join(import.meta.dirname, 'chroma-server')
// Outside of test/, whose files the architecture test reads, and kept from run to run.
const installed = join(import.meta.dirname, '../../.cache/chroma-server')
/** The server is one file of 400 MB; a slow line needs its time once. */
const installTimeoutMs = 600_000

/** Starts an empty Chroma on a private port, tied to this process. */
export async function startChroma(): Promise<MortalServer> {
  const program = await provideChroma()
  const dir = mkdtempSync(join(tmpdir(), 'murmur-chroma-'))
  const logFile = join(dir, 'log')
  const port = await freePort()
  // It does not end on TERM in every version.
  const child = spawnTied(process.execPath, [program, 'run', '--path', join(dir, 'data'), '--host', '127.0.0.1', '--port', String(port)], { dir, logFile, signal: 'KILL' })
  const stop = stopper(child)
  const url = `http://127.0.0.1:${port}`
  const isReady = (): Promise<void> =>
    until('chroma', async () => {
      const answer = await fetch(`${url}/api/v2/heartbeat`)
      if (!answer.ok) throw new Error(`status ${answer.status}`)
    })
  try {
    await isReady()
  } catch (error) {
    const tail = logTail(logFile)
    await stop()
    throw new Error(`Chroma did not start:\n${tail}`, { cause: error })
  }
  return {
    url,
    stop,
    kill: () => killTied(dir),
    async restart() {
      startAgain(child)
      await isReady()
    },
  }
}

/**
 * The Chroma server of the test run.
 * @throws {Error} when the run has none: only `npm test` and `npm run jest` start one
 */
export function chromaUrl(): string {
  const url = process.env['TEST_CHROMA_URL']
  if (url === undefined) throw new Error('TEST_CHROMA_URL is not set: run the tests through Jest, whose setup starts the server')
  return url
}

/** The server comes in a package of its own, so that installing Murmur does not bring its 400 MB. */
async function provideChroma(): Promise<string> {
  const program = join(installed, 'node_modules/chromadb/dist/cli.mjs')
  const read = (folder: string) => readFileSync(join(folder, 'package-lock.json'), 'utf8')
  if (existsSync(program) && read(installed) === read(manifest)) return program
  rmSync(installed, { recursive: true, force: true })
  mkdirSync(installed, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(manifest, name), join(installed, name))
  try {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: installed, timeout: installTimeoutMs })
  } catch (error) {
    rmSync(installed, { recursive: true, force: true })
    throw new Error('The memory tests need a Chroma server, and it could not be installed with npm. Point TEST_CHROMA_URL at a running one.', { cause: error })
  }
  return program
}
