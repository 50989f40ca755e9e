import { expect, test } from '@jest/globals'
import { bar, sparkline } from '../../src/commands/charts.ts'
import type { CommandDeps } from '../../src/commands/command.ts'
import { statsCommand } from '../../src/commands/stats-command.ts'
import { StatsDesk } from '../../src/learning/stats/stats-desk.ts'
import type { WorkspaceId } from '../../src/storage/records.ts'
import type { DayCount, StatStore } from '../../src/storage/stat-store.ts'

const workspaceId = 'T1' as WorkspaceId
const aCount = (measure: string, over: Partial<DayCount> = {}): DayCount => ({ day: '2026-11-28', measure, subject: '', count: 1, total: 0, ...over })

async function show(rows: readonly DayCount[], text = '', asked: unknown[] = [], warmups = { hits: 0, misses: 0, open: 0, expectedHits: 0 }): Promise<string> {
  const stats = {
    daysSince: async (...given: unknown[]) => {
      asked.push(given)
      return [...rows]
    },
    hoursSince: async () => [],
    now: async () => ({ agents: 3, usedAgents: 2, runsAtWork: 1 }),
  } as unknown as StatStore
  const desk = new StatsDesk({ stats, warmups: { record: async () => warmups }, dayOf: async () => '2026-11-28', nowMs: () => 0 })
  const catalogue = { has: (id: string) => id === 'writer', get: () => ({ name: 'Writer' }) }
  const deps = { stats: desk, settingsOf: async () => ({ catalogue }) } as unknown as CommandDeps
  return (await statsCommand.run(deps, { workspaceId, channelId: 'C1', userId: 'U1', text, dedupeKey: 'd', replyUrl: undefined })) as string
}

test('an empty workspace is told so in words, without a single zero', async () => {
  const shown = await show([])
  expect(shown).toMatch(/^Nothing has been counted in this workspace yet/)
  expect(shown).not.toMatch(/\d/)
})

test('shows today, the weeks with charts and numbers, what was learnt, specialties and the bottleneck', async () => {
  const rows = [
    aCount('ended', { subject: 'completed', count: 4, day: '2026-11-15' }),
    aCount('ended', { subject: 'completed', count: 8 }),
    aCount('ended', { subject: 'failed', count: 1 }),
    aCount('spawned', { count: 2 }),
    aCount('answer', { count: 8, total: 16_000 }),
    aCount('routed', { subject: 'automation', count: 6 }),
    aCount('routed', { subject: 'model', count: 2 }),
    aCount('automated', { subject: 'done', count: 6 }),
    aCount('automated', { subject: 'rejected', count: 1 }),
    aCount('saved', { count: 5, total: 12_300 }),
    aCount('latency', { subject: '80', count: 8 }),
    aCount('up', { subject: 'writer', count: 3 }),
    aCount('down', { subject: 'writer', count: 1 }),
    aCount('done', { subject: 'writer', count: 8 }),
    aCount('lost', { subject: 'writer', count: 1 }),
    aCount('stage', { subject: 'queue', total: 800 }),
    aCount('stage', { subject: 'model', total: 100 }),
    aCount('stage', { subject: 'rest', total: 100 }),
  ]
  const shown = await show(rows)
  expect(shown).toContain('*Today*: 9 runs, $0.0020 an answer, 2 agents spawned, 2 of 3 agents active in the last week, 1 run under way.')
  expect(shown).toMatch(/Runs {14}▄█ {2}9 \(4\)/)
  expect(shown).toMatch(/Cost saved +·█ {2}\$0\.0123 in 5 runs \(no data\)/)
  expect(shown).toMatch(/Response time .* {2}2\.0 s/)
  expect(shown).toMatch(/Satisfaction .* {2}75 % of 4 thumbs/)
  expect(shown).toContain('Recognised: 75 % of the answers')
  expect(shown).toContain('Automations: 83 % of 6 runs were answered in full and not rejected; 0 automations taken back.')
  expect(shown).toContain('recipes and answers given again saved $0.0123 in 5 runs, against what such requests cost before')
  expect(shown).toMatch(/Writer +█████████░ {2}8 of 9 answered in full, liked 3 of 4/)
  expect(shown).toContain('Most of the time goes to: waiting for a place. To change it: whoever runs Murmur raises')
})

test('says how often what was foreseen came true, and no share of very few', async () => {
  const rows = [aCount('ended', { subject: 'completed' })]
  expect(await show(rows)).toContain('no agent was made ready before it was asked yet')
  expect(await show(rows)).toContain('no forecast yet')
  expect(await show(rows, '', [], { hits: 6, misses: 2, open: 1, expectedHits: 5.2 })).toContain('of 8 agents made ready before they were asked in the last four weeks, 6 were needed (75 %, expected were 65 %).')
  expect(await show(rows, '', [], { hits: 1, misses: 1, open: 0, expectedHits: 1 })).toContain('1 were needed.')
})

test('claims no saving without data, and says when recipes cost more', async () => {
  const answered = [aCount('ended', { subject: 'completed' }), aCount('routed', { subject: 'model' })]
  expect(await show(answered)).toContain('no saving is claimed')
  expect(await show([...answered, aCount('saved', { total: -500 })])).toContain('recipes cost $0.0005 more in 1 run')
})

test('asks for as many weeks as wanted, 1 to 26', async () => {
  const asked: unknown[] = []
  await show([], '--weeks 2', asked)
  expect(asked).toEqual([[workspaceId, '2026-11-15']])
  for (const text of ['--weeks 0', '--weeks 27', '--weeks 1e1', '--weeks -1', '--days 3']) await expect(show([], text)).rejects.toMatchObject({ code: 'MUR_USAGE' })
  expect(statsCommand.accepts?.('about our website')).toBe(false)
  expect(statsCommand.accepts?.('—weeks 4')).toBe(true)
})

test('a name of a specialty cannot end its block', async () => {
  const shown = await show([aCount('ended'), aCount('done', { subject: '```<!channel>' })])
  expect(shown.split('```').length).toBe(5)
})

test('charts have a column a value, and a dot where there is none', () => {
  expect(sparkline([0, 1, 4, undefined, 8])).toBe('▁▁▄·█')
  expect(sparkline([0, 0])).toBe('▁▁')
  expect(sparkline([])).toBe('')
  expect([bar(0), bar(0.5), bar(1), bar(7), bar(Number.NaN, 2)]).toEqual(['░░░░░░░░░░', '█████░░░░░', '██████████', '██████████', '██'])
})
