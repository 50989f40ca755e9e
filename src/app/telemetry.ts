import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { RunEvents } from '../orchestration/run-events.ts'
import type { TaskQueue } from '../storage/queue/task-queue.ts'

export interface Telemetry {
  /** The Prometheus text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>
  /** One delivery of Slack, answered. */
  observeIntake(kind: string, seconds: number): void
}

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** Metrics of this process; they only read what happens anyway. */
export function createTelemetry(events: RunEvents, queue: TaskQueue): Telemetry {
  const register = new Registry()
  collectDefaultMetrics({ register, prefix: 'murmur_' })
  const registers = [register]
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
