/** Groups patterns anew in a process of its own, and stops where it is told to, in the middle of its transaction; see regrouper-crash.test.ts, which kills it there. */
import type { RegrouperDeps } from '../../../src/learning/regrouping/regrouper.ts'
import { openDatabase, type DatabaseOptions, type Trx } from '../../../src/storage/database.ts'
import { regrouperWorld } from './regrouper-world.ts'

/** Between two statements of the rewriting, before the event of a pattern, before its automation, or with all written and nothing committed. */
export type StopsAt = 'rewrite' | 'event' | 'automation' | 'end'

/** What the parent gives in the environment, as JSON. */
export interface RegroupOrder {
  readonly options: DatabaseOptions
  readonly stopsAt: StopsAt
}

const { options, stopsAt } = JSON.parse(process.env['REGROUP_ORDER'] ?? '{}') as RegroupOrder
const { process: start, patterns, regroupings, errors } = regrouperWorld(await openDatabase(options))

/** Tells the parent, and goes no further. */
const stop = (): Promise<never> => {
  process.send?.(stopsAt)
  return new Promise(() => {})
}

const held = { where: () => held, execute: stop }
/** Patterns are changed and runs are moved when those that ended are to be deleted. */
const untilDeletion = (trx: Trx): Trx =>
  new Proxy(trx, {
    get(whole, name) {
      const own: unknown = Reflect.get(whole, name, whole)
      return name === 'deleteFrom' ? () => held : typeof own === 'function' ? own.bind(whole) : own
    },
  })

const stops: Readonly<Record<StopsAt, Partial<RegrouperDeps>>> = {
  rewrite: { patterns: { ...patterns, rewrite: (trx, rewriting) => patterns.rewrite(untilDeletion(trx), rewriting) } },
  event: { events: { append: stop } },
  automation: { library: { automateWithin: stop } },
  end: {
    regroupings: {
      ...regroupings,
      async end(...turn) {
        await regroupings.end(...turn)
        return stop()
      },
    },
  },
}

// A parent that is gone must leave nothing behind.
process.once('disconnect', () => process.exit())
const { regrouper } = start('killed', stops[stopsAt])
regrouper.wake()
await regrouper.settled()
// Nothing was stopped, so something is wrong.
process.send?.(`ended: ${errors.map(String).join(', ')}`)
