import { expect, test } from '@jest/globals'
import { PersonZones } from '../../../src/app/slack/person-zones.ts'
import type { WorkspaceId } from '../../../src/storage/records.ts'
import { ManualClock } from '../../fakes/manual-clock.ts'

const workspace = 'T1' as WorkspaceId

function setUp(tz: () => unknown) {
  const clock = new ManualClock()
  const asked: unknown[] = []
  const call = async (_method: string, args: unknown) => {
    asked.push(args)
    return { user: { tz: tz() } }
  }
  return { clock, asked, zones: new PersonZones({ callsOf: async () => ({ call }), otherwise: async () => 'Europe/Paris', nowMs: clock.now }) }
}

test('a zone is asked for once an hour', async () => {
  const { zones, clock, asked } = setUp(() => 'Asia/Tokyo')
  expect([await zones.of(workspace, 'U1'), await zones.of(workspace, 'U1')]).toEqual(['Asia/Tokyo', 'Asia/Tokyo'])
  clock.advance(3_600_001)
  await zones.of(workspace, 'U1')
  expect(asked).toEqual([{ user: 'U1' }, { user: 'U1' }])
})

test.each([undefined, 'Middle/Earth', 7])('where Slack says %j, the workspace has one', async (tz) => {
  expect(await setUp(() => tz).zones.of(workspace, 'U1')).toBe('Europe/Paris')
})

test('a person keeps their zone while Slack does not answer', async () => {
  let isDown = false
  const { zones, clock } = setUp(() => {
    if (isDown) throw new Error('down')
    return 'Asia/Tokyo'
  })
  await zones.of(workspace, 'U1')
  isDown = true
  clock.advance(7_200_000)
  expect([await zones.of(workspace, 'U1'), await zones.of(workspace, 'U2')]).toEqual(['Asia/Tokyo', 'Europe/Paris'])
})
