import { setImmediate as nextTurn } from 'node:timers/promises'

/** One repetition of one arm. It may say how much of its time was waiting for the disk, which is then left out. */
export type Arm = (repetition: number) => Promise<{ readonly diskMs: number } | void>

export interface ArmTimes {
  /** Without disk waits. */
  readonly times: number[]
  /** With them. */
  readonly wallTimes: number[]
  readonly cpu: number[]
}

export interface PairOptions {
  readonly warmUp: number
  readonly repetitions: number
}

/** Turns of the event loop after a repetition, so that what it left to do is counted as its own. */
const settlingTurns = 4

/**
 * Runs the arms in turns within one process, each repetition in another order, so that whatever the machine does
 * meanwhile hits all alike. All numbers are milliseconds.
 */
export async function measurePaired<Name extends string>(arms: Readonly<Record<Name, Arm>>, { warmUp, repetitions }: PairOptions): Promise<Record<Name, ArmTimes>> {
  const names = Object.keys(arms) as Name[]
  const results = Object.fromEntries(names.map((name) => [name, { times: [], wallTimes: [], cpu: [] }])) as unknown as Record<Name, ArmTimes>
  for (let repetition = -warmUp; repetition < repetitions; repetition++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + Math.abs(repetition)) % names.length] as Name
      const one = await measureOne(arms[name], repetition + warmUp)
      if (repetition < 0) continue
      results[name].times.push(one.ms)
      results[name].wallTimes.push(one.wallMs)
      results[name].cpu.push(one.cpuMs)
    }
  }
  return results
}

async function measureOne(arm: Arm, repetition: number): Promise<{ ms: number; wallMs: number; cpuMs: number }> {
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const said = await arm(repetition)
  const wallMs = performance.now() - startedMs
  for (let turn = 0; turn < settlingTurns; turn++) await nextTurn()
  const { user, system } = process.cpuUsage(cpuBefore)
  return { wallMs, ms: wallMs - (said?.diskMs ?? 0), cpuMs: (user + system) / 1_000 }
}

/** What one arm took longer than another, repetition by repetition. */
export const differences = (one: readonly number[], other: readonly number[]): number[] => one.map((value, index) => value - (other[index] ?? Number.NaN))
