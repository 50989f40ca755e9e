import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A server that a test run started: its address, and how to end it and remove its files. */
export interface TestServer {
  url: string
  stop(): Promise<void>
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
  const script = `dir=$1; shift; "$@" <&- & p=$!; cat >/dev/null; ${end}`
  const log = openSync(options.logFile, 'a')
  try {
    return spawn('/bin/sh', ['-c', script, 'sh', options.dir, command, ...args], {
      cwd: options.dir,
      stdio: ['pipe', log, log],
      env: options.env ?? process.env,
      ...options.user,
    })
  } finally {
    closeSync(log)
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
