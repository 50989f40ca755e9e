import { createRequire } from 'node:module'
import type { EmittingTestRunner, EmittingTestRunnerInterface, Test, TestEvents, TestRunnerContext, TestRunnerOptions, TestWatcher, UnsubscribeFn } from 'jest-runner'

// Its types describe what `require` gives.
const { default: TestRunner } = createRequire(import.meta.url)('jest-runner') as typeof import('jest-runner', { with: { 'resolution-mode': 'require' } })

type GlobalConfig = ConstructorParameters<typeof TestRunner>[0]

/**
 * Jest's own runner twice: first for all other files, as many at a time as the configuration says, then for those that kill servers
 * (`*.faults.ts`), one at a time and beside nothing else. Several processes, a database server and a fault at once already want the whole
 * of a small machine.
 */
export default class FaultsLastRunner implements EmittingTestRunnerInterface {
  readonly supportsEventEmitters = true
  readonly #usual: EmittingTestRunner
  readonly #alone: EmittingTestRunner

  constructor(globalConfig: GlobalConfig, context: TestRunnerContext) {
    this.#usual = new TestRunner(globalConfig, context)
    this.#alone = new TestRunner({ ...globalConfig, maxWorkers: 1 }, context)
  }

  async runTests(tests: Test[], watcher: TestWatcher, options: TestRunnerOptions): Promise<void> {
    const [faults, others] = [tests.filter(isFault), tests.filter((test) => !isFault(test))]
    if (others.length > 0) await this.#usual.runTests(others, watcher, options)
    if (faults.length > 0) await this.#alone.runTests(faults, watcher, options)
  }

  on<Name extends keyof TestEvents>(eventName: Name, listener: (eventData: TestEvents[Name]) => void | Promise<void>): UnsubscribeFn {
    const ends = [this.#usual, this.#alone].map((runner) => runner.on(eventName, listener))
    return () => {
      for (const end of ends) end()
    }
  }
}

const isFault = ({ path }: Test): boolean => /\.faults\.[jt]s$/.test(path)
