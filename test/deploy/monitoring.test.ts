import { beforeAll, expect, test } from '@jest/globals'
import { createTelemetry } from '../../src/app/telemetry.ts'
import { readProjectFile, readYaml } from './read-yaml.ts'

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly description: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets: readonly { readonly expr: string }[]
  }[]
}
interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: { readonly summary: string; readonly description: string } }[] }[]
}

const dashboard = JSON.parse(readProjectFile('deploy/grafana/dashboards/murmur.json')) as Dashboard
const rules = readYaml<Alerts>('deploy/alerts.yml').flatMap(({ groups }) => groups.flatMap((group) => group.rules))
let text = ''
let exported = new Set<string>()
const startedAtMs = 1_000_000
const working = { countOpen: async () => ({ queued: 7, running: 2 }), nextDueAtMs: async () => startedAtMs - 90_000 as number | undefined }
const source = (tasks: typeof working = working) => ({
  runEvents: { on: () => () => {} },
  queue: { activeCount: 2, concurrency: 8 },
  tasks,
  setAsides: { countSetAside: async () => [{ reader: 'count-stats', count: 2 }] },
  isRedisUp: () => false,
  version: '1.2.3',
  role: 'worker',
  nowMs: () => startedAtMs,
})

beforeAll(async () => {
  text = (await createTelemetry(source()).render()).text
  exported = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? ''))
})

/** The metrics of ours that an expression names, without the endings that a histogram adds. */
const metricsOf = (expression: string) => [...expression.matchAll(/\bmurmur_[a-z0-9_]+/g)].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, ''))

test('every metric of the dashboard and of the alerts is one that Murmur exports', () => {
  const named = [...dashboard.panels.flatMap(({ targets }) => targets), ...rules].flatMap(({ expr }) => metricsOf(expr))
  expect(named.length).toBeGreaterThan(10)
  expect([...new Set(named)].filter((name) => !exported.has(name))).toEqual([])
})

test('what the whole installation counts is never summed over processes', () => {
  const shared = /\bsum\((?:[^()]|\([^()]*\))*murmur_(?:runs_total|tasks_queued|task_oldest_seconds|feedback_total|events_set_aside)/
  expect([...dashboard.panels.flatMap(({ targets }) => targets), ...rules].map(({ expr }) => expr).filter((expr) => shared.test(expr))).toEqual([])
})

test('panels say what they show and do not lie on each other', () => {
  const { panels } = dashboard
  expect(panels.filter(({ title, description }) => title === '' || description === '')).toEqual([])
  const overlaps = panels.flatMap((a, i) =>
    panels.slice(i + 1).filter((b) => a.gridPos.x < b.gridPos.x + b.gridPos.w && b.gridPos.x < a.gridPos.x + a.gridPos.w && a.gridPos.y < b.gridPos.y + b.gridPos.h && b.gridPos.y < a.gridPos.y + a.gridPos.h),
  )
  expect(overlaps).toEqual([])
})

test('each alert says what to do', () => {
  expect(rules.filter(({ annotations }) => annotations.summary === '' || annotations.description.length < 30).map(({ alert }) => alert)).toEqual([])
})

test('the depth of the queue is a gauge, and a store that is away does not hide the rest', async () => {
  expect(text).toMatch(/^murmur_tasks_queued 7$/m)
  expect(text).toMatch(/^murmur_events_set_aside\{reader="count-stats"\} 2$/m)
  const away = async () => Promise.reject(new Error('away'))
  const { text: rest } = await createTelemetry({ ...source({ countOpen: away, nextDueAtMs: away }), setAsides: { countSetAside: away } }).render()
  expect(rest).toMatch(/^murmur_tasks_queued Nan$/m)
  expect(rest).toMatch(/^murmur_runs_active 2$/m)
})

test('a store that says nothing does not keep a scrape waiting', async () => {
  const never = () => new Promise<never>(() => {})
  const { text: rest } = await createTelemetry({ ...source({ countOpen: never, nextDueAtMs: never }), setAsides: { countSetAside: never }, patienceMs: 10 }).render()
  expect(rest).toMatch(/^murmur_tasks_queued Nan$/m)
  expect(rest).toMatch(/^murmur_task_oldest_seconds Nan$/m)
  expect(rest).toMatch(/^murmur_runs_active 2$/m)
})

test('a process says its role and version, how long the oldest task waits, and whether Redis answers', async () => {
  expect(text).toMatch(/^murmur_info\{version="1.2.3",role="worker"\} 1$/m)
  expect(text).toMatch(/^murmur_task_oldest_seconds 90$/m)
  expect(text).toMatch(/^murmur_redis_up 0$/m)
  const { text: idle } = await createTelemetry({ ...source({ ...working, nextDueAtMs: async () => undefined }), isRedisUp: undefined }).render()
  expect(idle).toMatch(/^murmur_task_oldest_seconds 0$/m)
  expect(idle).not.toContain('murmur_redis_up')
})
