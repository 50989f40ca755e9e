import { expect, test } from '@jest/globals'
import { renderHome } from '../../../src/app/slack/render-home.ts'
import { figuresByWeek, figuresOf } from '../../../src/learning/stats/workspace-stats.ts'
import type { DayCount } from '../../../src/storage/stat-store.ts'
import { checkBlocks } from '../../../playground/workspace/check-blocks.ts'
import { aHome, aPattern, aVersion, aWorkflow, nothingAhead } from './home-pieces.ts'

const show = (...over: Parameters<typeof aHome>): string => JSON.stringify(renderHome(aHome(...over)).blocks)
const count = (measure: string, over: Partial<DayCount> = {}): DayCount => ({ day: '2026-11-28', measure, subject: '', count: 1, total: 0, ...over })
const statsOf = (rows: readonly DayCount[]) => ({ now: { agents: 2, usedAgents: 1, runsAtWork: 0 }, today: figuresOf(rows), weeks: figuresByWeek(rows, '2026-11-28', 8), whole: figuresOf(rows), ...nothingAhead })

test('an empty workspace is told in words what will be there', () => {
  const shown = show()
  expect(shown).toContain('Nothing has been counted in this workspace yet')
  expect(shown).toContain('Nothing has recurred yet')
  expect(shown).toContain('No recipes yet')
  expect(shown).not.toContain('0 runs')
})

test('shows figures with charts, spend against the budget by day, patterns and workflows', () => {
  const rows = [count('ended', { subject: 'completed', count: 5 }), count('done', { subject: 'planner', count: 4 }), count('lost', { subject: 'planner' }), count('stage', { subject: 'model', total: 10 })]
  const { spend } = aHome()
  const shown = show({
    stats: statsOf(rows),
    spend: { ...spend, days: [{ day: '2026-11-27', settledMicroUsd: 10_000 }, { day: '2026-11-28', settledMicroUsd: 80_000 }] },
    patterns: [aPattern({ outcomes: [{ runId: 'r' as never, isSuccess: true, specialtyId: 'planner' }] })],
    workflows: [aWorkflow()],
  })
  expect(shown).toContain('*Today*: 5 runs')
  expect(shown).toMatch(/Planner +████████░░ {2}4 of 5 answered in full/)
  expect(shown).toContain('The workspace █████░░░░░  $50.0000 of $100.0000 today')
  expect(shown).toContain('▁█  2026-11-27 to 2026-11-28, at most $0.0800 a day')
  expect(shown).toContain(':white_check_mark: Summarise the sales of {date}: seen 3 times, 1 of the last 1 went well')
  expect(shown).toContain('*Sales* · <#C1> · active, version 2 in force')
  expect(shown).toContain('• version 1, made of a pattern: three times')
})

test('the button that rolls back stands only where the person may, and never on a first version', () => {
  expect(show({ workflows: [aWorkflow()] })).not.toContain('workflow_rollback')
  expect(show({ workflows: [aWorkflow({ mayRollBack: true })] })).toContain('Back to version 1')
  expect(show({ workflows: [aWorkflow({ mayRollBack: true, current: aVersion(1) })] })).not.toContain('workflow_rollback')
})

test('what people and models wrote calls nobody and ends no block, and the whole stays within the limits of a Home', () => {
  const hostile = `\`\`\` <!channel> <@U9> *x* ${'y'.repeat(5_000)}\ud800`
  const rows = [count('ended'), count('done', { subject: hostile })]
  const home = renderHome(
    aHome({
      stats: statsOf(rows),
      patterns: Array.from({ length: 6 }, () => aPattern({ title: hostile })),
      workflows: Array.from({ length: 6 }, () => aWorkflow({ mayRollBack: true, workflow: { ...aWorkflow().workflow, name: hostile }, history: [aVersion(1, { reason: hostile, authorId: '<!here>' })] })),
      specialties: Array.from({ length: 60 }, () => aHome().specialties).flat(),
    }),
  )
  const shown = JSON.stringify(home)
  expect(shown).not.toMatch(/<!channel>|<@U9>|<!here>/)
  expect(home.blocks.length).toBeLessThanOrEqual(100)
  expect(checkBlocks(home.blocks, 'home')).toEqual([])
})
