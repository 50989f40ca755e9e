/**
 * Particle swarm optimisation with constriction: Clerc and Kennedy 2002 (https://doi.org/10.1109/4235.985692), in the form that Bratton and
 * Kennedy 2007 (https://doi.org/10.1109/SIS.2007.368035) propose as the standard. The topology `particle` moves its answers by the same equation.
 */

type Vector = Float64Array

/** The two numbers of the velocity equation: how much of the last move is kept, and how strongly all guides together pull at most. */
export interface SwarmWeights {
  readonly inertia: number
  readonly attraction: number
}

/** A place that draws a particle. `pull` says, anew for each dimension, how much of the way to it is gone; below 0: away from it. */
export interface Guide {
  readonly position: Vector
  readonly pull: () => number
}

/**
 * Weights with which a swarm comes to rest whatever is drawn: `2 / |2 - phi - sqrt(phi² - 4 phi)|` and that times phi.
 * @param phi above 4; at the usual 4.1 inertia is 0.7298 and attraction 2.9922, 1.4961 for each of two guides
 */
export function constrictedWeights(phi = 4.1): SwarmWeights {
  const inertia = 2 / Math.abs(2 - phi - Math.sqrt(phi * phi - 4 * phi))
  return { inertia, attraction: inertia * phi }
}

/** The velocity equation: what is kept of the last move, and the guides' pulls; held to `maxSpeed` in each dimension. */
export function nextVelocity(position: Vector, velocity: Vector, guides: readonly Guide[], inertia: number, maxSpeed = Infinity): Float64Array {
  const next = new Float64Array(velocity.length)
  for (let at = 0; at < next.length; at++) {
    const here = position[at] ?? 0
    let speed = inertia * (velocity[at] ?? 0)
    for (const guide of guides) speed += guide.pull() * ((guide.position[at] ?? 0) - here)
    next[at] = Math.min(maxSpeed, Math.max(-maxSpeed, speed))
  }
  return next
}

/** Diversity of a swarm: the mean distance from its centre (Riget and Vesterstrøm 2002, without their division by the size of the space). */
export function spreadOf(positions: readonly Vector[]): number {
  const [first] = positions
  if (!first) return 0
  const centre = first.map((_, at) => positions.reduce((sum, position) => sum + (position[at] ?? 0), 0) / positions.length)
  return positions.reduce((sum, position) => sum + distance(position, centre), 0) / positions.length
}

export function distance(a: Vector, b: Vector): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2
  return Math.sqrt(sum)
}

export interface SearchOptions {
  /** What is to become small. Called only inside of `bounds`. */
  readonly evaluate: (position: Float64Array) => number
  /** 1 or more. */
  readonly dimension: number
  /** Lowest and highest value in each dimension. A particle may fly out, but is not evaluated there. */
  readonly bounds: readonly [number, number]
  /** Where particles begin; default: anywhere within `bounds`. */
  readonly startsIn?: readonly [number, number]
  /** Most evaluations, at least `particles`. */
  readonly evaluations: number
  /** Default 50. */
  readonly particles?: number
  /** Who a particle hears of: everybody (fast, collapses early), or the two beside it (slow, robust). Default `ring`. */
  readonly neighbourhood?: 'all' | 'ring'
  readonly random: () => number
  readonly weights?: SwarmWeights
  /** In each dimension; default: the width of `bounds`. */
  readonly maxSpeed?: number
  /** Ends when the spread of the best positions is at most this; default 0. */
  readonly convergedSpread?: number
  /** Ends after so many rounds without anything better; default: never. */
  readonly patience?: number
  /** Ends when this value is reached; default: never. */
  readonly goal?: number
}

export interface Found {
  readonly position: Float64Array
  readonly value: number
  readonly evaluations: number
  readonly rounds: number
  readonly stoppedBy: 'evaluations' | 'converged' | 'stuck' | 'goal'
}

interface Particle {
  position: Float64Array
  velocity: Float64Array
  best: Float64Array
  value: number
}

/** Searches the smallest value of a function; the same each time for the same random numbers. */
export function searchMinimum(options: SearchOptions): Found {
  const { dimension, bounds, startsIn = bounds, particles: count = 50, random, neighbourhood = 'ring', convergedSpread = 0, patience = Infinity, goal = -Infinity } = options
  const { inertia, attraction } = options.weights ?? constrictedWeights()
  const { maxSpeed = bounds[1] - bounds[0] } = options
  const pull = (): number => (attraction / 2) * random()
  const place = (): Float64Array => Float64Array.from({ length: dimension }, () => startsIn[0] + random() * (startsIn[1] - startsIn[0]))
  const swarm = Array.from({ length: count }, (): Particle => {
    const position = place()
    return { position, velocity: place().map((there, at) => (there - (position[at] ?? 0)) / 2), best: position, value: options.evaluate(position) }
  })
  let evaluations = count
  let rounds = 0
  let best = bestOf(swarm)
  let better = 0
  const stop = (): Found['stoppedBy'] | undefined => {
    if (best.value <= goal) return 'goal'
    if (evaluations + count > options.evaluations) return 'evaluations'
    if (rounds - better >= patience) return 'stuck'
    return convergedSpread > 0 && spreadOf(swarm.map((particle) => particle.best)) <= convergedSpread ? 'converged' : undefined
  }
  for (;;) {
    const stoppedBy = stop()
    if (stoppedBy) return { position: best.best, value: best.value, evaluations, rounds, stoppedBy }
    rounds++
    const guides = swarm.map((_, at) => (neighbourhood === 'all' ? best.best : bestOf([-1, 0, 1].flatMap((step) => swarm.at((at + step) % count) ?? [])).best))
    const before = best.value
    for (const [at, particle] of swarm.entries()) {
      const drawnTo = [particle.best, guides[at] ?? particle.best].map((position) => ({ position, pull }))
      particle.velocity = nextVelocity(particle.position, particle.velocity, drawnTo, inertia, maxSpeed)
      particle.position = particle.position.map((here, axis) => here + (particle.velocity[axis] ?? 0))
      if (!particle.position.every((value) => value >= bounds[0] && value <= bounds[1])) continue
      evaluations++
      const value = options.evaluate(particle.position)
      if (value < particle.value) Object.assign(particle, { best: particle.position, value })
    }
    best = bestOf(swarm)
    if (best.value < before) better = rounds
  }
}

const bestOf = (particles: readonly Particle[]): Particle => particles.reduce((best, particle) => (particle.value < best.value ? particle : best))
