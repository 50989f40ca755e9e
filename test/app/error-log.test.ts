import { expect, test } from '@jest/globals'
import { createErrorLog } from '../../src/app/error-log.ts'
import { MurmurError } from '../../src/errors.ts'
import { waitUntil } from '../scenarios/start-scenario.ts'

interface Line {
  readonly level: string
  readonly facts: object
  readonly message: string
}

function setUp() {
  const lines: Line[] = []
  const state = { isAway: true, nowMs: 1_000, asked: 0 }
  const turns: (() => void)[] = []
  const write = (level: string) => (facts: object, message: string) => void lines.push({ level, facts, message })
  const log = createErrorLog({
    logger: { debug: write('debug'), info: write('info'), error: write('error') } as never,
    check: async () => {
      state.asked++
      if (state.isAway) throw new MurmurError('MUR_STORE_DOWN')
    },
    nowMs: () => state.nowMs,
    wait: (_ms, signal) =>
      new Promise<void>((resolve, reject) => {
        turns.push(resolve)
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      }),
  })
  const told = () => lines.filter(({ level }) => level !== 'debug').map(({ level, message }) => `${level}: ${message}`)
  return { log, lines, state, told, turn: () => turns.shift()?.(), waiting: () => turns.length }
}
const away = new MurmurError('MUR_STORE_DOWN', { reason: 'connection refused' })
const begun = 'error: the database is away: nothing is acknowledged, and work goes on when it answers'

test('a store that is away is told of when it begins and when it is over, however much fails in between', async () => {
  const { log, lines, state, told, turn, waiting } = setUp()
  for (let failure = 0; failure < 20; failure++) log.report(away)
  expect(told()).toEqual([begun])
  turn()
  await waitUntil('the next look', () => state.asked === 1 && waiting() === 1)
  expect(told()).toHaveLength(1)
  state.isAway = false
  state.nowMs = 31_000
  turn()
  await waitUntil('its end', () => told().length === 2)
  expect(lines.at(-1)).toEqual({ level: 'info', facts: { awayMs: 30_000, failures: 20 }, message: 'the database answers again' })
  log.report(away)
  expect(told().at(-1)).toBe(begun)
  log.close()
})

test('every other error is logged each time', () => {
  const { log, told } = setUp()
  log.report(new Error('a bug'))
  log.report(away)
  log.report(new Error('a bug'))
  expect(told()).toEqual(['error: unexpected failure', begun, 'error: unexpected failure'])
  log.close()
})
