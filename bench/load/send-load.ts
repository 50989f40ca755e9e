import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { createMention, deliver } from '../subjects/app-process.ts'
import { requests } from '../subjects/requests.ts'
import type { Load } from './load.ts'

/** Deliveries under way at once, as from Slack's several senders. */
export const senders = 32
export const pollMs = 50
const endTimeoutMs = 300_000

/** A database of its own on a server, and a connection to it. */
export async function createDatabase(serverUrl: string, name: string): Promise<{ url: string; client: pg.Client }> {
  const server = new pg.Client({ connectionString: serverUrl })
  await server.connect()
  await server.query(`create database ${name}`)
  await server.end()
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  return { url: url.href, client }
}

/** @returns how long each acknowledgement took, in milliseconds */
export async function deliverAll(appUrl: string, slack: Load['slack'], count: number): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const send = async (): Promise<void> => {
    while (next < count) {
      const spot = slack.threads[next++ % slack.threads.length] ?? { channelId: '', threadId: '' }
      const body = createMention(slack, spot, requests['one agent'])
      const sentAt = performance.now()
      const status = await deliver(appUrl, slack, body)
      if (status !== 200) throw new Error(`Expected a delivery to be answered with 200, got ${status}.`)
      times.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: senders }, send))
  return times
}

/** Until so many runs have ended. */
export async function waitForEnds(client: pg.Client, count: number): Promise<void> {
  const deadlineMs = Date.now() + endTimeoutMs
  for (;;) {
    const { rows } = await client.query<{ done: string }>('select count(*) as done from runs where finished_at_ms is not null')
    const done = Number(rows[0]?.done ?? 0)
    if (done >= count) return
    if (Date.now() > deadlineMs) throw new Error(`Expected ${count} runs to end within ${endTimeoutMs / 1_000} s, got ${done}.`)
    await sleep(pollMs)
  }
}
