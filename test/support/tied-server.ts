import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A server that a test run started: its address, and how to end it and remove its files. */
export interface TestServer {
  url: string
  stop(): Promise<void>
}

/** One that can die in the middle, and come back at the same address with what it had on disk. */
export interface MortalServer extends TestServer {
  /** kill -9 of it and of all its children at once; resolves when they are gone. */
  kill(): Promise<void>
  /** Starts it again after {@link kill}; resolves when it answers. */
  restart(): Promise<void>
}

/** What {@link spawnTied} needs beside the command. */
export interface TiedOptions {
  /** Folder of the server's files, removed when the server has ended. */
  dir: string
  /** Receives stdout and stderr, so that a server's chatter stays out of the test report. */
  logFile: string
  /** Signal that ends the server for good, also when the test process itself was killed. */
  signal: 'KILL' | 'QUIT' | 'TERM'
  env?: NodeJS.ProcessEnv
  /** Runs the server as this user; only root may ask for one. */
  user?: { uid: number; gid: number } | undefined
}

/** Holds the number of the server's process, in its folder. */
const pidFile = 'tied.pid'

/** Asks the system for a TCP port that is free on the loopback interface right now. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}

/**
 * Starts a server that cannot outlive this process.
 * The shell in between waits on our pipe, then signals the server and clears up; the pipe closes even when we die by kill -9.
 */
export function spawnTied(command: string, args: readonly string[], options: TiedOptions): ChildProcess {
  const end = `kill -${options.signal} $p 2>/dev/null; wait $p 2>/dev/null; rm -rf -- "$dir"`
  // Each line starts it, the first and every later one. The wait is for one that died: its number stays taken until then.
  const script = `dir=$1; shift; while read -r line; do wait; "$@" <&- & p=$!; echo $p >"$dir/${pidFile}"; done; ${end}`
  const log = openSync(options.logFile, 'a')
  try {
    const child = spawn('/bin/sh', ['-c', script, 'sh', options.dir, command, ...args], {
      cwd: options.dir,
      stdio: ['pipe', log, log],
      env: options.env ?? process.env,
      ...options.user,
    })
    child.stdin?.on('error', () => {})
    startAgain(child)
    return child
  } finally {
    closeSync(log)
  }
}

/** Starts the server of {@link spawnTied} once more, after it died. */
export const startAgain = (child: ChildProcess): void => void child.stdin?.write('start\n')

/** kill -9 of the server that {@link spawnTied} keeps in `dir`, and of all that it has started; they are gone when this resolves. */
export async function killTied(dir: string): Promise<void> {
  const pid = Number(readFileSync(join(dir, pidFile), 'utf8'))
  const family = withDescendants(pid)
  for (const one of family) {
    try {
      process.kill(one, 'SIGKILL')
    } catch {
      // It has just ended by itself.
    }
  }
  await until('the end of a killed server', async () => {
    if (family.some(isAlive)) throw new Error('still there')
  })
}

/** Where there is no /proc, it alone: the children of our servers end with their parent. */
function withDescendants(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of existing('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(statOf(Number(name))?.[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const family = [pid]
  for (const one of family) family.push(...(children.get(one) ?? []))
  return family
}

function existing(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** State and parent of a process, as Linux tells them. */
function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  } catch {
    return undefined
  }
}

/** One that nobody has asked for its end yet still has a number, and does nothing any more. */
function isAlive(pid: number): boolean {
  const state = statOf(pid)?.[0]
  if (state !== undefined) return state !== 'Z' && state !== 'X'
  try {
    process.kill(pid, 0)
    return existing('/proc').length === 0
  } catch {
    return false
  }
}

/** Repeats `ready` every 50 ms until it does not throw; fails with the last error as cause after `timeoutMs`. */
export async function until(what: string, ready: () => Promise<unknown>, timeoutMs = 20_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs
  for (;;) {
    try {
      await ready()
      return
    } catch (error) {
      if (Date.now() > deadlineMs) throw new Error(`${what} did not answer within ${timeoutMs} ms`, { cause: error })
      await pause(50)
    }
  }
}

/** Makes the `stop` of a {@link TestServer}: lets go of the pipe and waits until the server and its folder are gone. */
export function stopper(child: ChildProcess): () => Promise<void> {
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = new Promise((resolve) => child.once('close', resolve))
    child.stdin?.end()
    await closed
  }
}

/** The last lines of a log, for the message of a server that did not start; empty when there is none. */
export function logTail(logFile: string, maxLines = 15): string {
  try {
    return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-maxLines).join('\n')
  } catch {
    return ''
  }
}
