/** Points in the plane that shows most of how they differ. */
export interface Projection {
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** Share of all variance that the plane shows, 0 to 1; 1 where there is none. */
  readonly shown: number
}

/** More than a picture needs: what has not settled by then are two directions that differ as much as each other. */
const maxIterations = 60
const settledAt = 1e-9

/**
 * The first two principal axes by power iteration on the centred positions, the second kept at right angles to the first
 * (Golub and Van Loan, Matrix Computations, 4th edition, 8.2). The same positions give the same points: nothing is drawn at random, and each
 * axis points to where its farthest point is.
 * @param positions of one length
 */
export function projectToPlane(positions: readonly Float64Array[]): Projection {
  const [first] = positions
  if (!first) return { points: [], shown: 1 }
  const centre = first.map((_, at) => positions.reduce((sum, position) => sum + (position[at] ?? 0), 0) / positions.length)
  const centred = positions.map((position) => position.map((value, at) => value - (centre[at] ?? 0)))
  const variance = centred.reduce((sum, row) => sum + dot(row, row), 0)
  const axisX = mainAxis(centred, [])
  const axisY = mainAxis(centred, [axisX])
  const points = centred.map((row) => ({ x: dot(row, axisX), y: dot(row, axisY) }))
  const shown = points.reduce((sum, { x, y }) => sum + x * x + y * y, 0)
  return { points, shown: variance === 0 ? 1 : Math.min(1, shown / variance) }
}

/** All zeros where the rows do not differ beyond `earlier`. */
function mainAxis(rows: readonly Float64Array[], earlier: readonly Float64Array[]): Float64Array {
  const free = (vector: Float64Array): Float64Array => earlier.reduce((rest, axis) => without(rest, axis), vector)
  const left = rows.map(free)
  // The farthest row is not at right angles to the axis, other than by an accident that would need equal variances.
  let axis = unit(left.reduce((farthest, row) => (dot(row, row) > dot(farthest, farthest) ? row : farthest), new Float64Array(rows[0]?.length ?? 0)))
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const next = new Float64Array(axis.length)
    for (const row of left) {
      const along = dot(row, axis)
      for (let at = 0; at < next.length; at++) next[at] = (next[at] ?? 0) + along * (row[at] ?? 0)
    }
    const turned = unit(free(next))
    const stays = 1 - dot(turned, axis)
    axis = turned
    if (stays < settledAt) break
  }
  const farthest = left.map((row) => dot(row, axis)).reduce((far, along) => (Math.abs(along) > Math.abs(far) ? along : far), 0)
  return farthest < 0 ? axis.map((value) => -value) : axis
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0)
  return sum
}

function without(vector: Float64Array, axis: Float64Array): Float64Array {
  const along = dot(vector, axis)
  return vector.map((value, at) => value - along * (axis[at] ?? 0))
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector))
  return length < 1e-12 ? new Float64Array(vector.length) : vector.map((value) => value / length)
}
