/** One measured number beside what is meant to be reached and what must be. */
export interface Figure {
  /** As numbered in the plan of measurements: `G1`, `G2b`, `control`. */
  readonly goal: string
  readonly name: string
  readonly value: number
  readonly unit: string
  /** True (the default): the more the better. */
  readonly atLeast?: boolean
  /** What is meant to be reached. */
  readonly aim: number
  /** Worse than this is a regression. Never beyond the aim. */
  readonly floor: number
  /** What a simple method and the best of those that were tried before reached on held-out data, where known. */
  readonly naive?: number
  readonly best?: number
}

export interface MeasureOptions {
  /** Folder with the data sets. */
  readonly data: string
  readonly seeds: readonly number[]
  /** Whether a goal was asked for: streams of others need not be run. */
  readonly wants: (goal: string) => boolean
  /** A fraction of the work: to see that a protocol works, not how well. */
  readonly quick: boolean
}

/** One way of measuring; its figures are of `goals`. */
export interface Protocol {
  readonly goals: readonly string[]
  readonly title: string
  readonly measure: (options: MeasureOptions) => Promise<readonly Figure[]>
}

const reaches = (value: number, bound: number, atLeast: boolean): boolean => (atLeast ? value >= bound : value <= bound)

export const reachesAim = ({ value, aim, atLeast = true }: Figure): boolean => reaches(value, aim, atLeast)
/** A figure that could not be measured is missed. */
export const keepsFloor = ({ value, floor, atLeast = true }: Figure): boolean => reaches(value, floor, atLeast)
