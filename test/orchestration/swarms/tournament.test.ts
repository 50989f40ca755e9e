import { expect, test } from '@jest/globals'
import { drawMatches, pointsOf } from '../../../src/orchestration/swarms/tournament.ts'
import type { Answered } from '../../../src/orchestration/swarms/topology.ts'
import { aMember } from '../../fakes/scripted-desk.ts'

const contenders = ['x', 'y', 'z', 'w'].map((id) => ({ id, text: id.toUpperCase() }))
const judges = ['j1', 'j2', 'j3'].map((id) => aMember(id))
const namesOf = (matches: ReturnType<typeof drawMatches>): string[] => matches.map(({ judge, slate }) => `${judge.id}:${slate.key}`)
const answer = (better: string): Answered<{ better: string; reason: string }> => ({ isThere: true, member: aMember('j1'), value: { better, reason: '' } })

test('two meet before each judge in both orders', () => {
  const matches = drawMatches(contenders.slice(0, 2), judges)
  expect(namesOf(matches)).toEqual([
    'j1:x,y', 'j1:y,x', 'j2:x,y', 'j2:y,x', 'j3:x,y', 'j3:y,x',
  ])
})

test('three make three pairs, one for each judge; a fourth is left out; never more than six matches', () => {
  expect(namesOf(drawMatches(contenders, judges))).toEqual(['j1:x,y', 'j1:y,x', 'j2:x,z', 'j2:z,x', 'j3:y,z', 'j3:z,y'])
  expect(drawMatches(contenders, judges.slice(0, 1))).toHaveLength(6)
  expect(drawMatches(contenders.slice(0, 2), judges.slice(0, 1))).toHaveLength(2)
  expect(drawMatches(contenders.slice(0, 1), judges)).toEqual([])
})

test('a judge that always names the first place moves nothing', () => {
  const [x, y] = contenders
  const pointsFor = pointsOf(drawMatches(contenders.slice(0, 2), judges), Array.from({ length: 6 }, () => answer('A')))
  expect([x, y].map((one) => one && pointsFor(one))).toEqual([3, 3])
})

test('who is named in both orders has both points; none and nonsense are shared', () => {
  const [x, y] = contenders
  const pointsFor = pointsOf(drawMatches(contenders.slice(0, 2), judges), [answer('A'), answer('B'), answer('none'), answer('whichever'), answer('B'), { isThere: false, member: aMember('j3'), reason: 'model' }])
  expect([x, y].map((one) => one && pointsFor(one))).toEqual([3, 2])
})
