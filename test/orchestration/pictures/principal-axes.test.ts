import { expect, test } from '@jest/globals'
import { projectToPlane } from '../../../src/orchestration/pictures/principal-axes.ts'
import { seededRandom } from '../../fakes/seeded-random.ts'

const at = (...values: number[]): Float64Array => Float64Array.from(values)

test('shows points of a plane as they lie, whatever way the plane stands in space', () => {
  const random = seededRandom(4)
  const [across, up] = [at(0.6, 0, 0.8, 0), at(0, 1, 0, 0)]
  const flat = Array.from({ length: 12 }, () => ({ x: 4 * random(), y: random() }))
  const { points, shown } = projectToPlane(flat.map(({ x, y }) => across.map((value, axis) => 5 + x * value + y * (up[axis] ?? 0))))
  expect(shown).toBeCloseTo(1)
  for (let one = 0; one < flat.length; one++) {
    for (let other = 0; other < one; other++) expect(apart(points[one], points[other])).toBeCloseTo(apart(flat[one], flat[other]), 4)
  }
})

test('finds the direction of most variance first', () => {
  const { points } = projectToPlane([at(0, 0, -9), at(0, 1, 3), at(0, -1, 6)])
  expect(Math.max(...points.map(({ x }) => Math.abs(x)))).toBeCloseTo(9, 1)
})

test('holds with no points, one point and points that are all the same', () => {
  expect(projectToPlane([])).toEqual({ points: [], shown: 1 })
  expect(projectToPlane([at(1, 2, 3)])).toEqual({ points: [{ x: 0, y: 0 }], shown: 1 })
  expect(projectToPlane([at(1, 2), at(1, 2)]).points).toEqual([{ x: 0, y: 0 }, { x: 0, y: 0 }])
})

interface Flat {
  readonly x: number
  readonly y: number
}
const apart = (a: Flat | undefined, b: Flat | undefined): number => Math.hypot((a?.x ?? 0) - (b?.x ?? 0), (a?.y ?? 0) - (b?.y ?? 0))
