import { describe, expect, test } from '@jest/globals'
import { evidenceAgainst, judgeTrial, trialRuns, type TrialRun } from '../../../src/learning/trials/version-trial.ts'

const runsOf = (outcomes: string, isCandidate = true): TrialRun[] => outcomes.split('').map((outcome) => ({ isCandidate, isGood: outcome === '+' }))
const before = (good: number, bad = 0) => ({ good, bad })

describe('a trial', () => {
  test('takes a version back within a few runs when all of them fail, even when little was known before', () => {
    const fails = (count: number) => runsOf('-'.repeat(count))
    expect(judgeTrial({ before: before(5), since: fails(12) })).toBe('worse')
    expect(judgeTrial({ before: before(10), since: fails(7) })).toBe('worse')
    expect(judgeTrial({ before: before(3), since: fails(12) })).toBe('worse')
    expect(judgeTrial({ before: before(160, 40), since: fails(5) })).toBe('worse')
    expect(judgeTrial({ before: before(160, 40), since: fails(3) })).toBe('open')
  })

  test('holds a version against nothing when nothing is known', () => {
    expect(judgeTrial({ before: before(2), since: runsOf('-'.repeat(40)) })).toBe('open')
    expect(judgeTrial({ before: before(2), since: runsOf('-'.repeat(trialRuns)) })).toBe('kept')
  })

  test('bears a bad beginning and single failures', () => {
    expect(judgeTrial({ before: before(18, 2), since: runsOf('--') })).toBe('open')
    expect(judgeTrial({ before: before(18, 2), since: runsOf('+-+++-++++++') })).toBe('open')
  })

  test('takes no version back that does as badly as the one before', () => {
    expect(judgeTrial({ before: before(0, 20), since: runsOf('-'.repeat(60)) })).not.toBe('worse')
    expect(evidenceAgainst({ good: 8, bad: 2 }, { good: 7, bad: 3 })).toBe(0)
  })

  test('lets a canary that is as good serve all, and goes on looking', () => {
    const since = [...runsOf('+'.repeat(20)), ...runsOf('++++-'.repeat(12), false)]
    expect(judgeTrial({ before: before(16, 4), since })).toBe('asGood')
    expect(judgeTrial({ before: before(16, 4), since: since.slice(1) })).toBe('open')
    expect(judgeTrial({ before: before(16, 4), since: [...since, ...runsOf('-'.repeat(40))] })).toBe('worse')
  })

  test('does not make one look into many by what the other version does later', () => {
    const candidate = runsOf('+-+-++-+-+++')
    const first = judgeTrial({ before: before(16, 4), since: candidate })
    expect(judgeTrial({ before: before(16, 4), since: [...candidate, ...runsOf('+'.repeat(9), false)] })).toBe(first)
  })

  test('ends after its runs and keeps what did as well', () => {
    expect(judgeTrial({ before: before(160, 40), since: runsOf('++++-'.repeat(trialRuns / 5)) })).toBe('kept')
  })
})
