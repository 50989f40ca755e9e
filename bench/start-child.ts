import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A process beside the one that measures, so that its work does not count there. */
export interface Child<Facts> {
  /** What it said when it was ready. */
  readonly facts: Facts
  /** Sends a message and waits for the next one that comes back. */
  ask<Answer>(question: unknown): Promise<Answer>
  /** User and system time it has used, in milliseconds. */
  stop(): Promise<void>
}

/** The system's model of a child's CPU time is not needed: it is asked for nothing but answers. */
const readyTimeoutMs = 60_000

/**
 * Starts a script of this folder and waits for its first message. It ends with this process, however that ends.
 * @throws {Error} when it ends or stays silent for a minute instead
 */
export async function startChild<Facts>(script: string, args: readonly string[] = [], execArgv: readonly string[] = []): Promise<Child<Facts>> {
  const child = fork(join(import.meta.dirname, script), [...args], { execArgv: [...execArgv], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const facts = await nextMessage<Facts>(child, script)
  return {
    facts,
    async ask(question) {
      const answer = nextMessage(child, script)
      child.send(question as object)
      return (await answer) as never
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

async function nextMessage<T>(child: ChildProcess, script: string): Promise<T> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error(`${script} said nothing for ${readyTimeoutMs} ms.`)), readyTimeoutMs)
  const exit = once(child, 'exit', { signal: silence.signal }).then(() => {
    throw new Error(`${script} ended before it answered.`)
  })
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal: silence.signal }), exit])) as [T]
    return message
  } finally {
    clearTimeout(timer)
    silence.abort()
    exit.catch(() => {})
  }
}
