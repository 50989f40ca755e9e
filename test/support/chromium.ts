import { existsSync } from 'node:fs'
import { installDebianPackages, installRefusal } from './debian-packages.ts'

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/**
 * Path of a Chromium to drive, or undefined when the machine has none. `CHROMIUM_BIN` goes first.
 * Browser tests call this and skip without one; Jest's setup has installed it before where that is possible.
 */
export function findChromium(): string | undefined {
  return [process.env['CHROMIUM_BIN'] ?? '', ...usualPaths].find((path) => path !== '' && existsSync(path))
}

/**
 * Like {@link findChromium}, but installs Debian's package when root may; else prints why browser tests are skipped.
 * @throws {Error} under CI, where a skipped browser test would hide a broken page
 */
export async function provideChromium(): Promise<string | undefined> {
  const found = findChromium()
  if (found !== undefined) return found
  const reason = (await installRefusal()) ?? (await install())
  const installed = findChromium()
  if (installed !== undefined) return installed
  const message = `Browser tests need Chromium, and there is none (${reason ?? 'the package brought no /usr/bin/chromium'}): set CHROMIUM_BIN`
  if (process.env['CI']) throw new Error(message)
  process.stderr.write(`${message}. They are skipped.\n`)
  return undefined
}

async function install(): Promise<string | undefined> {
  try {
    // The emoji font is for the screenshots: personas have emoji as their faces.
    await installDebianPackages('chromium', 'fonts-noto-color-emoji')
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
