import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const aptTimeoutMs = 10 * 60_000
const maxOutputBytes = 64 * 1024 * 1024

/** Says why this process may not install Debian packages, or undefined when it may. `TEST_NO_INSTALL=1` forbids it. */
export async function installRefusal(): Promise<string | undefined> {
  if (process.env['TEST_NO_INSTALL']) return 'TEST_NO_INSTALL is set'
  if (process.getuid?.() !== 0) return 'only root can install packages'
  try {
    await access('/usr/bin/apt-get', constants.X_OK)
    return undefined
  } catch {
    return 'this is no Debian system (no apt-get)'
  }
}

/**
 * Installs Debian packages without questions and without recommendations; prints one line and keeps apt's chatter to itself.
 * Waits up to five minutes for another apt to finish.
 * @throws {Error} with the end of apt's output when the installation fails
 */
export async function installDebianPackages(...names: string[]): Promise<void> {
  process.stderr.write(`Installing ${names.join(' ')} with apt-get (once; needed by the tests)\n`)
  const lock = ['-o', 'DPkg::Lock::Timeout=300']
  await aptGet([...lock, 'update'])
  // confold: a configuration file that is already there is kept, and nothing is asked.
  const keep = ['-o', 'Dpkg::Options::=--force-confold', '--no-install-recommends']
  await aptGet([...lock, ...keep, 'install', '--yes', ...names])
}

async function aptGet(args: string[]): Promise<void> {
  try {
    await run('/usr/bin/apt-get', args, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: maxOutputBytes,
      timeout: aptTimeoutMs,
    })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-15).join('\n')
    throw new Error(`apt-get ${args.at(-1)} failed:\n${tail}`, { cause: error })
  }
}
