import type { RouteVerdict } from '../../src/learning/router/learned-router.ts'

/** What a simulated person says of a run, knowing who answered and who should have; undefined: nothing. */
export type Person = (chosenId: string, rightId: string) => RouteVerdict | undefined

/** Always names who should have answered. */
export const namesTheRight: Person = (_, rightId) => ({ shouldHaveBeen: rightId })

export interface Habits {
  /** Share of runs that get a thumb at all. */
  readonly rates?: number
  /** Share of thumbs that say the opposite. */
  readonly flips?: number
  /** Share of thumbs down that name who should have answered. */
  readonly corrects?: number
}

/** Thumbs up who was right and down who was not, as reliably as its habits allow. */
export function givesThumbs({ rates = 1, flips = 0, corrects = 0 }: Habits, random: () => number): Person {
  return (chosenId, rightId) => {
    if (random() >= rates) return undefined
    const isUp = (chosenId === rightId) !== random() < flips
    if (isUp) return 'up'
    // Who is wrong about the answer has nobody better to name.
    return random() < corrects && chosenId !== rightId ? { shouldHaveBeen: rightId } : 'down'
  }
}

const contentIfRight = 0.95
const contentIfWrong = 0.15

/** Is content with most right answers and some wrong ones; tells `onRun` what it thought, and rates some runs, now and then wrongly. */
export function isContent({ rates = 1, flips = 0 }: Habits, random: () => number, onRun: (isContent: boolean) => void): Person {
  return (chosenId, rightId) => {
    const content = random() < (chosenId === rightId ? contentIfRight : contentIfWrong)
    onRun(content)
    if (random() >= rates) return undefined
    return content !== random() < flips ? 'up' : 'down'
  }
}
