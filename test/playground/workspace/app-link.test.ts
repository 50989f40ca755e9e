import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import type { Workspace, WorkspaceOptions } from '../../../playground/workspace/workspace.ts'
import { withBolt } from './bolt-app.ts'
import { ALICE, GENERAL } from './web-client.ts'

/** A bare HTTP app that answers as the test says and notes the headers of what it got. */
async function withServer(
  answer: (response: ServerResponse, count: number) => void,
  work: (workspace: Workspace, got: IncomingMessage['headers'][]) => Promise<void>,
  options: WorkspaceOptions = {},
): Promise<void> {
  const got: IncomingMessage['headers'][] = []
  const server = createServer((request, response) => {
    got.push(request.headers)
    request.resume()
    request.on('end', () => answer(response, got.length))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const workspace = await createWorkspace(options)
  workspace.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  try {
    await work(workspace, got)
  } finally {
    await workspace.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const say = (workspace: Workspace): ReturnType<Workspace['say']> =>
  workspace.say({ user: ALICE, channel: GENERAL, text: 'hi' })

test("retries a failed event three times with Slack's headers", () =>
  withServer(
    (response) => response.writeHead(500).end(),
    async (workspace, got) => {
      const { deliveries } = await say(workspace)
      expect(deliveries).toMatchObject([{ httpStatus: 500, ok: false, attempts: 4, error: 'http_error' }])
      expect(got.map((headers) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']])).toEqual([
        [undefined, undefined],
        ['1', 'http_error'],
        ['2', 'http_error'],
        ['3', 'http_error'],
      ])
    },
    { retry: true, retryDelaysMs: [0, 0, 0] },
  ))

test('stops retrying after an answer, and when the app declines retries', async () => {
  const options = { retry: true, retryDelaysMs: [0, 0, 0] }
  await withServer(
    (response, count) => response.writeHead(count === 1 ? 503 : 200).end(),
    async (workspace, got) => {
      expect((await say(workspace)).deliveries).toMatchObject([{ httpStatus: 200, attempts: 2 }])
      expect(got).toHaveLength(2)
    },
    options,
  )
  await withServer(
    (response) => response.writeHead(500, { 'x-slack-no-retry': '1' }).end(),
    async (workspace, got) => {
      await say(workspace)
      expect(got).toHaveLength(1)
    },
    options,
  )
})

test('stops waiting for a retry when the workspace closes', () =>
  withServer(
    (response) => response.writeHead(500).end(),
    async (workspace, got) => {
      const saying = say(workspace)
      await workspace.waitFor('the first try', () => got.length === 1)
      await workspace.close()
      expect((await saying).deliveries).toMatchObject([{ ok: false, attempts: 1 }])
    },
    { retry: true, retryDelaysMs: [600_000] },
  ))

test('gives up waiting at the deadline and does not retry unless told to', () =>
  withServer(
    () => {},
    async (workspace, got) => {
      const { deliveries } = await say(workspace)
      expect(deliveries).toMatchObject([{ httpStatus: 0, ok: false, error: 'http_timeout', attempts: 1 }])
      expect(got).toHaveLength(1)
    },
    { limits: { ackMs: 50 } },
  ))

test('reports an app that is not there', async () => {
  const workspace = await createWorkspace()
  expect((await say(workspace)).deliveries).toMatchObject([{ error: 'not_connected' }])
  workspace.connect('http://127.0.0.1:9')
  expect((await say(workspace)).deliveries).toMatchObject([{ error: 'connection_failed' }])
  await workspace.close()
})

test('delivers an event twice when the fault says so, with the same event id', () => {
  const seen: [string, number | undefined][] = []
  return withBolt(
    (app) => {
      app.message(async ({ body, context }) => {
        seen.push([body.event_id, context.retryNum])
      })
    },
    async ({ workspace }) => {
      workspace.faults.add({ kind: 'duplicate_delivery' })
      const { deliveries } = await say(workspace)
      await workspace.waitFor('both handlers', () => seen.length === 2)
      expect(deliveries.map((delivery) => [delivery.ok, delivery.attempts])).toEqual([
        [true, 1],
        [true, 2],
      ])
      expect(new Set(seen.map(([eventId]) => eventId)).size).toBe(1)
      expect(new Set(seen.map(([, retryNum]) => retryNum))).toEqual(new Set([undefined, 1]))
      expect((await say(workspace)).deliveries).toHaveLength(1)
    },
  )
})

test('signs so that Bolt accepts it, and can sign badly on purpose', () =>
  withBolt(
    () => {},
    async ({ workspace }) => {
      const body = { type: 'url_verification', challenge: 'abc' }
      const results = await Promise.all(
        (['valid', 'forged', 'stale', 'none'] as const).map((signature) => workspace.deliver({ body, signature })),
      )
      expect(results.map((delivery) => delivery.httpStatus)).toEqual([200, 401, 401, 401])
      expect(results[0]?.body).toEqual({ challenge: 'abc' })
    },
  ))
