import { requests } from '../subjects/requests.ts'
import { createSlackMurmur, type SlackMurmurOptions } from '../subjects/slack-murmur.ts'

/** Answers in Slack as often as it is told, and says what it weighs then. Argument: its options as JSON. */
export interface Weight {
  readonly runs: number
  readonly rssMb: number
  readonly heapMb: number
  /** Buffers and the like, which the heap only points to. */
  readonly externalMb: number
}

const inFlight = 16
const options = JSON.parse(process.argv[2] ?? '') as SlackMurmurOptions
const { threads } = options.slack
const murmur = await createSlackMurmur(options)
let runs = 0

async function runSome(count: number): Promise<void> {
  const end = runs + count
  const worker = async (): Promise<void> => {
    while (runs < end) {
      const spot = threads[runs++ % threads.length]
      if (spot) await murmur.run(requests['one agent'], spot)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

function weigh(): Weight {
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  const mb = 1_024 * 1_024
  return { runs, rssMb: rss / mb, heapMb: heapUsed / mb, externalMb: external / mb }
}

process.once('disconnect', () => process.exit(0))
process.on('message', ({ runs: count }: { readonly runs: number }) => {
  void runSome(count).then(() => process.send?.(weigh()))
})
process.send?.(weigh())
