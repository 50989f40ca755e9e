import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort } from '../../playground/start-app.ts'
import type { Bench, Report } from '../bench.ts'
import { quantile } from '../measure/statistics.ts'
import { startChild } from '../start-child.ts'
import { createMention, deliver } from '../subjects/app-process.ts'
import { requests } from '../subjects/requests.ts'

const mainFile = join(import.meta.dirname, '../../src/app/main.ts')

/** From the start of a process to its first answer, each row a number of processes one after the other. */
export async function measureColdStart(bench: Bench): Promise<Report> {
  const times: Record<string, number[]> = {}
  const note = (name: string, ms: number): void => void (times[name] ??= []).push(ms)
  for (let round = 0; round < (bench.isQuick ? 2 : 12); round++) {
    note('node, nothing else', await timeExit())
    note('openai client: first answer', await timeProgram('programs/bare-once.ts', [bench.modelUrl]))
    const dataDir = bench.newDataDir()
    note('ask(): first answer, new store', await timeProgram('programs/ask-once.ts', [bench.modelUrl, dataDir]))
    note('ask(): first answer', await timeProgram('programs/ask-once.ts', [bench.modelUrl, dataDir]))
    const app = await timeApp(bench, dataDir)
    note('npm start: ready', app.readyMs)
    note('npm start: first answer in Slack', app.answeredMs)
  }
  const rows = Object.entries(times).map(([name, values]) => [name, '', quantile(values, 0.5).toFixed(0), Math.min(...values).toFixed(0), Math.max(...values).toFixed(0)])
  return {
    title: 'From the start of a process, milliseconds',
    head: ['', '', 'p50', 'least', 'most'],
    rows,
    notes: ['Aim: 400 to 600 ms to the first answer, which is where the agent libraries are (190 to 600) that store nothing. In Slack the mention is sent when the app is ready.'],
    data: times,
  }
}

async function timeExit(): Promise<number> {
  const startedMs = performance.now()
  await once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - startedMs
}

async function timeProgram(script: string, args: readonly string[]): Promise<number> {
  const startedMs = performance.now()
  const child = await startChild<{ text: string }>(script, args)
  const tookMs = performance.now() - startedMs
  await child.stop()
  if (child.facts.text === '') throw new Error(`${script} got no answer.`)
  return tookMs
}

async function timeApp({ modelUrl, slack, nextSlackAnswer }: Bench, dataDir: string): Promise<{ readyMs: number; answeredMs: number }> {
  const port = await findFreePort()
  const env = {
    PATH: process.env['PATH'],
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    OPENAI_BASE_URL: modelUrl,
    OPENAI_API_KEY: 'bench',
    MURMUR_DATA_DIR: dataDir,
    PORT: String(port),
    LOG_LEVEL: 'warn',
  }
  const startedMs = performance.now()
  const child = spawn(process.execPath, [mainFile], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(url, child)
  const readyMs = performance.now() - startedMs
  const answer = nextSlackAnswer()
  await deliver(url, slack, createMention(slack, slack.threads[0] ?? { channelId: '', threadId: '' }, requests['one agent']))
  await answer
  const answeredMs = performance.now() - startedMs
  child.kill('SIGTERM')
  await once(child, 'exit')
  return { readyMs, answeredMs }
}

async function waitUntilReady(url: string, child: ChildProcess): Promise<void> {
  while ((await readStatus(`${url}/readyz`)) !== 200) {
    if (child.exitCode !== null) throw new Error(`The app ended with code ${child.exitCode} before it was ready.`)
    await sleep(2)
  }
}

/** 0 where nobody listens yet. */
function readStatus(url: string): Promise<number> {
  return new Promise((resolve) => {
    get(url, (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0))).once('error', () => resolve(0))
  })
}
