import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RunEvents } from '../orchestration/run-events.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'
import type { SetAsideStore } from '../storage/set-aside-store.ts'
import type { TaskStore } from '../storage/task-store.ts'
import { withinTime } from './within-time.ts'

export interface Telemetry {
  /** The Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
  /** One delivery of Slack, answered. */
  observeIntake(kind: string, seconds: number): void
}

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

export interface TelemetrySource {
  readonly runEvents: Pick<RunEvents, 'on'>
  readonly queue: Pick<TaskQueue, 'activeCount' | 'concurrency'>
  readonly tasks: Pick<TaskStore, 'countOpen' | 'nextDueAtMs'>
  readonly setAsides: Pick<SetAsideStore, 'countSetAside'>
  /** Unset: there is no Redis. */
  readonly isRedisUp?: (() => boolean) | undefined
}

export interface TelemetryOptions extends TelemetrySource {
  readonly version: string
  /** edge, worker or all. */
  readonly role: string
  readonly nowMs: () => number
  /** Longest wait for what the store has to say; a scrape has ten seconds. Default 2 s. */
  readonly patienceMs?: number
}

/**
 * Metrics of this process; they only read what happens anyway. Ended runs, feedback and what is queued are those of the whole
 * installation, because every process reads the same tables: take their maximum over the processes, never their sum.
 */
export function createTelemetry({ runEvents: events, queue, tasks, setAsides, isRedisUp, version, role, nowMs, patienceMs = 2_000 }: TelemetryOptions): Telemetry {
  const register = new Registry()
  collectDefaultMetrics({ register, prefix: 'murmur_' })
  const registers = [register]
  // While the store is away, or says nothing, the rest is worth showing all the same.
  const inTime = <T>(asked: Promise<T>, otherwise: T): Promise<T> => withinTime(asked.catch(() => otherwise), otherwise, patienceMs)
  const runs = new Counter({ name: 'murmur_runs_total', help: 'Ended runs by outcome and tier', labelNames: ['outcome', 'tier'], registers })
  const runSeconds = new Histogram({ name: 'murmur_run_seconds', help: 'From acceptance to the end of a run', buckets: secondsBuckets, registers })
  const feedback = new Counter({ name: 'murmur_feedback_total', help: 'Feedback by kind', labelNames: ['kind'], registers })
  const intake = new Histogram({ name: 'murmur_intake_seconds', help: 'From delivery to acknowledgement', labelNames: ['kind'], buckets: secondsBuckets, registers })
  new Gauge({
    name: 'murmur_runs_active',
    help: 'Runs at work in this process',
    registers,
    collect() {
      this.set(queue.activeCount)
    },
  })
  new Gauge({
    name: 'murmur_runs_limit',
    help: 'Runs that may be at work at once in this process, as the autoscaler has it',
    registers,
    collect() {
      this.set(queue.concurrency)
    },
  })
  new Gauge({
    name: 'murmur_tasks_queued',
    help: 'Tasks of the whole installation that wait',
    registers,
    async collect() {
      this.set(await inTime(tasks.countOpen().then(({ queued }) => queued), Number.NaN))
    },
  })
  new Gauge({
    name: 'murmur_task_oldest_seconds',
    help: 'How long the task of the whole installation that is due longest has been waiting',
    registers,
    async collect() {
      this.set(await inTime(tasks.nextDueAtMs().then((dueAtMs) => Math.max(0, nowMs() - (dueAtMs ?? nowMs())) / 1_000), Number.NaN))
    },
  })
  if (isRedisUp) {
    new Gauge({
      name: 'murmur_redis_up',
      help: 'Whether Redis answers this process; while it does not, tasks come from the table',
      registers,
      collect() {
        this.set(isRedisUp() ? 1 : 0)
      },
    })
  }
  new Gauge({ name: 'murmur_info', help: 'Role and version of this process; always 1', labelNames: ['version', 'role'], registers }).set({ version, role }, 1)
  new Gauge({
    name: 'murmur_events_set_aside',
    help: 'Events of the whole installation that a reader failed at and passes over',
    labelNames: ['reader'],
    registers,
    async collect() {
      this.reset()
      for (const { reader, count } of await inTime(setAsides.countSetAside(), [])) this.set({ reader }, count)
    },
  })
  for (const outcome of ['completed', 'failed', 'cancelled'] as const) {
    events.on(`workflow_${outcome}`, ({ payload }) => {
      runs.inc({ outcome, tier: typeof payload['tier'] === 'number' ? String(payload['tier']) : 'none' })
      runSeconds.observe(Number(payload['durationMs'] ?? 0) / 1_000)
    })
  }
  events.on('feedback_received', ({ payload }) => feedback.inc({ kind: String(payload['kind']) }))
  return {
    render: async () => ({ contentType: register.contentType, text: await register.metrics() }),
    observeIntake: (kind, seconds) => intake.observe({ kind }, seconds),
  }
}
