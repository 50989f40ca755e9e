import { createMurmur } from '../../src/app/create-murmur.ts'
import type { Bench, Report } from '../bench.ts'
import { measurePace, type Pace } from '../measure/in-flight.ts'
import { quantile } from '../measure/statistics.ts'
import { BareModel } from '../subjects/bare-model.ts'
import { isModelCall, requests, shapes, type Shape } from '../subjects/requests.ts'
import { createSlackMurmur } from '../subjects/slack-murmur.ts'

const inFlight = 64
/** What LangGraph makes of one agent in memory, measured elsewhere in the same way. */
const aimPerSecond = 800

interface Subject {
  readonly name: string
  readonly shape: Shape
  readonly work: (index: number) => Promise<unknown>
}

/** Runs a second with 64 in flight, the subjects in turns. */
export async function measureThroughput(bench: Bench): Promise<Report> {
  const { modelUrl, slack, newDataDir, recorder, disk, isQuick } = bench
  const murmur = await createMurmur({ dataDir: newDataDir(), openAiBaseUrl: modelUrl })
  const inSlack = await createSlackMurmur({ dataDir: newDataDir(), openAiBaseUrl: modelUrl, slack })
  const bare = new BareModel(modelUrl)
  const subjects: Subject[] = []
  for (const shape of shapes) {
    const ask = (index: number) => murmur.ask(requests[shape], { channelId: `channel-${index % 20}` })
    const calls = (await recorder.record(() => ask(0))).filter(isModelCall)
    const callBare = async (): Promise<void> => {
      for (const call of calls) await bare.complete(call)
    }
    subjects.push({ name: 'bare openai', shape, work: callBare }, { name: 'ask()', shape, work: ask })
  }
  for (const shape of shapes) {
    subjects.push({ name: 'Slack', shape, work: (index) => inSlack.run(requests[shape], slack.threads[index % slack.threads.length] ?? { channelId: '', threadId: '' }) })
  }
  const paces = await measureInTurns(subjects, isQuick ? { count: 200, rounds: 1 } : { count: 1_500, rounds: 4 }, disk)
  await Promise.all([murmur.close(), inSlack.close()])
  return describe(subjects, paces)
}

/** The first round warms up and does not count, if there are others. */
async function measureInTurns(subjects: readonly Subject[], { count, rounds }: { count: number; rounds: number }, disk: Bench['disk']): Promise<Map<Subject, Pace[]>> {
  const paces = new Map<Subject, Pace[]>(subjects.map((subject) => [subject, []]))
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) {
      const pace = await measurePace(count, inFlight, disk, subject.work)
      if (round > 0 || rounds === 1) paces.get(subject)?.push(pace)
    }
  }
  return paces
}

function describe(subjects: readonly Subject[], paces: ReadonlyMap<Subject, readonly Pace[]>): Report {
  const found = subjects.map((subject) => {
    const own = paces.get(subject) ?? []
    const middle = (key: keyof Pace): number => quantile(own.map((pace) => pace[key]), 0.5)
    return { name: subject.name, shape: subject.shape, perSecond: middle('perSecond'), cpuMs: middle('cpuMs'), diskWaitsEach: middle('diskWaitsEach'), longestBlockMs: middle('longestBlockMs') }
  })
  return {
    title: `Runs a second with ${inFlight} in flight`,
    head: ['subject', 'shape', 'runs/s', 'aim', 'CPU ms/run', 'disk waits/run', 'longest block ms'],
    rows: found.map((one) => [
      one.name,
      one.shape,
      one.perSecond.toFixed(0),
      one.name === 'bare openai' ? '-' : String(aimPerSecond),
      one.cpuMs.toFixed(2),
      one.diskWaitsEach.toFixed(2),
      one.longestBlockMs.toFixed(0),
    ]),
    notes: ['CPU is of this process only. The model and Slack servers need a core of their own: where there are few, they take part of the pace.'],
    data: found,
  }
}
