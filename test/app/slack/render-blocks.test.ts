import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createWorkspace } from '../../../playground/workspace/create-workspace.ts'
import type { Workspace } from '../../../playground/workspace/workspace.ts'
import { renderAnswer, renderFooter, renderNotice, renderWhy } from '../../../src/app/slack/render-blocks.ts'
import { createSlackCalls } from '../../../src/app/slack/slack-calls.ts'
import type { RouteDecision } from '../../../src/storage/records.ts'
import { aFooter, runId, silent } from './slack-place.ts'

const aDecision = (over: Partial<RouteDecision> = {}): RouteDecision => ({
  specialtyId: 'data-analyst',
  layer: 'model',
  confidence: 0.823,
  reason: 'The request counts <orders>.',
  candidates: [
    { specialtyId: 'data-analyst', score: 0.823 },
    { specialtyId: 'writer', score: 0.2 },
  ],
  ...over,
})
const names = new Map([['data-analyst', 'Data Analyst']])

describe('renderFooter', () => {
  test('says who spoke, asks for thumbs and explains the choice', () => {
    const [context, actions, thumbs] = renderFooter(aFooter())
    expect(context).toEqual({
      type: 'context',
      elements: [{ type: 'mrkdwn', text: ':bar_chart: *Data Analyst*  ·  small, $0.0012' }],
    })
    expect(actions).toMatchObject({
      type: 'actions',
      elements: [{ type: 'button', action_id: 'why_agent', value: runId }],
    })
    expect(thumbs).toMatchObject({
      type: 'context_actions',
      elements: [
        {
          type: 'feedback_buttons',
          action_id: 'feedback',
          positive_button: { value: `up:${runId}` },
          negative_button: { value: `down:${runId}` },
        },
      ],
    })
  })

  test.each([
    [2, 'Answered with reduced features'],
    [3, 'No model answered; from stored knowledge'],
    [4, 'No model answered'],
  ])('says so when tier %i answered', (tier, sentence) => {
    expect(JSON.stringify(renderFooter(aFooter({ tier })))).toContain(`${sentence}  ·  small`)
  })

  test('is empty under a notice of no agent', () => {
    expect(renderFooter(aFooter({ agentName: '', agentIcon: '', note: '', asksFeedback: false }))).toEqual([])
  })

  test('lets no markup of a name or note through', () => {
    const shown = JSON.stringify(renderFooter(aFooter({ agentName: '<!here>', note: '<@U1> @channel & co' })))
    expect(shown).not.toMatch(/<!|<@|@channel/)
  })
})

describe('renderWhy', () => {
  test('shows the decision with every candidate', () => {
    const { text, blocks } = renderWhy(aDecision(), names, 'run-1')
    expect(text).toBe(
      '*Data Analyst* answered this (confidence 82 %). A model chose among the specialists.\nThe request counts &lt;orders&gt;.\nCandidates: Data Analyst 82 %, writer 20 %',
    )
    expect(blocks[1]).toEqual({
      type: 'table',
      rows: [
        [
          { type: 'raw_text', text: 'Candidate' },
          { type: 'raw_text', text: 'Score' },
        ],
        [
          { type: 'raw_text', text: 'Data Analyst' },
          { type: 'raw_text', text: '82 %' },
        ],
        [
          { type: 'raw_text', text: 'writer' },
          { type: 'raw_text', text: '20 %' },
        ],
      ],
    })
  })

  test('shows the five best with what they were scored on, and counts the others', () => {
    const candidates = Array.from({ length: 8 }, (_, index) => ({
      specialtyId: `s${index}`,
      score: (9 - index) / 10,
      criteria: { pastPerformance: 0.5 },
    }))
    const [, table, rest] = renderWhy(aDecision({ candidates }), names, 'run-1').blocks
    const rows = (table as unknown as { rows: { text: string }[][] }).rows
    expect(rows.map((row) => row.map(({ text }) => text))).toEqual([
      ['Candidate', 'Score', 'Past performance'],
      ...candidates.slice(0, 5).map(({ specialtyId, score }) => [specialtyId, `${score * 100} %`, '50 %']),
    ])
    expect(JSON.stringify(rest)).toContain('3 more scored 40 % or less.')
  })

  test.each(['thread', 'keywords', 'generalist', 'forced'] as const)(
    'has a sentence for the layer %s, and needs no candidates',
    (layer) => {
      const { blocks } = renderWhy(aDecision({ layer, candidates: [], reason: '' }), names, 'run-1')
      expect(blocks).toHaveLength(1)
    },
  )
})

describe('limits', () => {
  let workspace: Workspace
  beforeAll(async () => {
    workspace = await createWorkspace({ servePage: false })
  })
  afterAll(() => workspace.close())

  const huge = '<&😀'.repeat(20_000)

  test.each([
    ['a footer', () => renderAnswer('x', renderFooter(aFooter({ agentName: huge, note: huge, agentIcon: huge })))],
    [
      'a decision',
      () =>
        renderWhy(
          aDecision({
            reason: huge,
            specialtyId: huge,
            candidates: Array.from({ length: 500 }, () => ({ specialtyId: huge, score: 9 })),
          }),
          names,
          'run-1',
        ),
    ],
    ['a notice', () => renderNotice(huge)],
    ['nothing', () => renderAnswer('')],
    ['the longest part', () => renderAnswer('x'.repeat(11_000), renderFooter(aFooter({ note: huge })))],
  ])('are kept by %s of hostile size', async (_what, render) => {
    const calls = createSlackCalls({
      token: workspace.botToken,
      apiUrl: workspace.apiUrl,
      logger: silent,
      now: Date.now,
      delay: async () => undefined,
      random: () => 0,
    })
    const content = render()
    expect(content.text.isWellFormed()).toBe(true)
    const answer = await calls.call('chat.postMessage', { channel: 'C0AILAB0001', ...content }, { attempts: 1 })
    expect(answer['ok']).toBe(true)
  })
})
