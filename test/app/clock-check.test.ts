import { expect, test } from '@jest/globals'
import { createClockCheck } from '../../src/app/clock-check.ts'

test('a clock that is off is told of each time it is asked, and logged once until it is right again', async () => {
  const logged: unknown[] = []
  let aheadMs: number | undefined
  const check = createClockCheck({ aheadMs: () => aheadMs, logger: { warn: (line: unknown) => logged.push(line) } })
  expect(await check()).toBeUndefined()
  aheadMs = -59_000
  expect(await check()).toBeUndefined()
  aheadMs = -90_000
  expect(await check()).toBe("the clock of this machine is 90 s behind the database's, and what Slack sends is refused when it is 300 s ahead; set the clocks by NTP")
  aheadMs = 310_000
  expect(await check()).toBe("the clock of this machine is 310 s ahead of the database's, and this process refuses what Slack sends as too old; set the clocks by NTP")
  expect(logged).toHaveLength(1)
  aheadMs = 0
  await check()
  aheadMs = 310_000
  await check()
  expect(logged).toHaveLength(2)
})
