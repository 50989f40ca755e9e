import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { isAnswerCall, scriptAnswers, sentences } from './script-model.ts'
import { startScenario, waitUntil, type Scenario } from './start-scenario.ts'
import { answeredOnce, readThreadEnd } from './thread-end.ts'

/* A disk that takes no more while runs are at work and people go on asking, and then takes more again. */

/** A disk that can be filled up to the last byte. */
interface Disk {
  readonly dataDir: string | undefined
  fill(scenario: Scenario): void
  makeRoom(scenario: Scenario): void
  end(): void
}

/** Files may not become longer than the longest one is: what a quota does, and what needs no rights. */
function limitFiles(): Disk {
  const limit = ({ app }: Scenario, bytes: string) => execFileSync('prlimit', [`--pid=${app.pid}`, `--fsize=${bytes}:`])
  return {
    dataDir: undefined,
    fill: (scenario) => limit(scenario, String(Math.max(...['murmur.db', 'murmur.db-wal'].map((name) => statSync(join(scenario.dataDir, name)).size)))),
    makeRoom: (scenario) => limit(scenario, 'unlimited'),
    end: () => {},
  }
}

/** A file system of its own, in memory, with a file that takes all that is left of it. */
function mountSmall(): Disk {
  const dir = mkdtempSync(join(tmpdir(), 'murmur-small-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', dir])
  const dataDir = join(dir, 'data')
  mkdirSync(dataDir)
  const ballast = join(dir, 'ballast')
  return {
    dataDir,
    fill() {
      const piece = Buffer.alloc(4_096)
      try {
        for (;;) writeFileSync(ballast, piece, { flag: 'a' })
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error
      }
    },
    makeRoom: () => rmSync(ballast),
    end() {
      execFileSync('umount', ['-l', dir])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const can = (command: string, args: readonly string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const canMount = can('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()])
const testWith = (isThere: boolean) => (isThere ? test : test.skip)

const readiness = async ({ app }: Scenario) => {
  const response = await fetch(`${app.url}/readyz`)
  return { status: response.status, database: ((await response.json()) as { checks: Record<string, string> }).checks['database'] }
}

async function endure(disk: Disk): Promise<void> {
  const scenario = await startScenario({ model: { latencyMs: 20 }, environment: disk.dataDir === undefined ? {} : { MURMUR_DATA_DIR: disk.dataDir } })
  const { workspace, model, app, at, ask } = scenario
  try {
    const text = sentences(6)
    scriptAnswers(model, text)
    model.hold({ match: isAnswerCall })
    const before = await ask('Well, and now? What do you say to that, before?')
    await model.waitFor('the call', () => model.held === 1)
    disk.fill(scenario)
    expect((await readiness(scenario)).status).toBe(503)
    expect((await readiness(scenario)).database).toBe('no answer (the disk takes no more)')
    model.release()
    const channel = scenario.freshChannel()
    const { message, deliveries } = await workspace.say({ user: 'U0ALICE0001', channel, text: at('Well, and now? What do you say to that, meanwhile?') })
    expect(deliveries.filter(({ type }) => type === 'app_mention').map(({ ok }) => ok)).toEqual([false])
    await waitUntil('a line in the log', () => app.log.some((line) => line.includes('the disk takes no more') && line.includes('free space of the data folder')))
    disk.makeRoom(scenario)
    await waitUntil('the app to be ready', async () => (await readiness(scenario)).status === 200)
    const after = await ask('Well, and now? What do you say to that, after?')
    if (disk.dataDir === undefined) {
      for (const asked of [before, after]) expect(await readThreadEnd(scenario, asked)).toEqual(answeredOnce(text))
      expect(scenario.store.rows('reservations')).toEqual([])
    } else {
      for (const { channel: where, ts } of [before, after]) expect((await scenario.waitForAnswer(where, ts)).text).toContain('number 6 of 6')
    }
    // It was not acknowledged, and Slack would send it again: nothing of it is there.
    expect(scenario.answers(channel, message.ts)).toEqual([])
  } finally {
    model.release()
    await scenario.close()
    disk.end()
  }
}

testWith(can('prlimit', ['--version']))('files that may not grow: nothing is acknowledged, and it goes on by itself when they may (needs prlimit)', async () => {
  await expect(endure(limitFiles())).resolves.toBeUndefined()
}, 120_000)

testWith(canMount)('a full file system: nothing is acknowledged, and it goes on by itself when there is room (needs the right to mount)', async () => {
  await expect(endure(mountSmall())).resolves.toBeUndefined()
}, 120_000)
