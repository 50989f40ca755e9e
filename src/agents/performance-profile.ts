import { profileHalfLifeMs, profileRetention } from '../storage/profile-store.ts'
import type { AgentMetric, Profile, ProfileFigure } from '../storage/records.ts'

/** What is taken for true before anything was seen, on a scale of 0 to 1. */
const priors: Readonly<Record<AgentMetric, number>> = { success: 0.9, quality: 0.7, satisfaction: 0.7, difficulty: 0.5, latency: 0.5, cost: 0.5 }
/** What each says of how well an agent does; they add up to 1. */
const shares: Readonly<Record<AgentMetric, number>> = { success: 0.35, quality: 0.25, satisfaction: 0.2, difficulty: 0.1, latency: 0.05, cost: 0.05 }
const metrics = Object.keys(shares) as readonly AgentMetric[]
/** What was seen counts half against what was expected when it weighs this much. */
const believedAtWeight = 5

/** A figure after one more observation; the same rule by which the store keeps it. */
export function addObservation(figure: ProfileFigure | undefined, value: number, atMs: number): ProfileFigure {
  if (!figure) return { count: 1, mean: value, weight: 1, updatedAtMs: atMs }
  const kept = weightAt(figure, atMs) * profileRetention
  const updatedAtMs = Math.max(atMs, figure.updatedAtMs)
  return { count: figure.count + 1, mean: (figure.mean * kept + value) / (kept + 1), weight: kept + 1, updatedAtMs }
}

/**
 * How well suited an agent has shown itself, 0 to 1, by its own record and, as far as that is thin, by its specialty's.
 * A better figure never makes it less. Latency and cost are compared with the specialty's; an agent that finds its tasks
 * easy is at home in them.
 */
export function fitOf(own: Profile, specialty: Profile, nowMs: number): number {
  return metrics.reduce((sum, metric) => sum + shares[metric] * scoreOf(metric, own[metric], specialty[metric], nowMs), 0)
}

function scoreOf(metric: AgentMetric, own: ProfileFigure | undefined, all: ProfileFigure | undefined, nowMs: number): number {
  const expected = blend(all && asScore(metric, all.mean, all.mean), all && weightAt(all, nowMs), priors[metric])
  return blend(own && asScore(metric, own.mean, all?.mean ?? own.mean), own && weightAt(own, nowMs), expected)
}

/** A mean on a scale of 0 (worst) to 1 (best). */
function asScore(metric: AgentMetric, mean: number, ofAll: number): number {
  if (metric === 'success' || metric === 'satisfaction') return clamp(mean)
  if (metric === 'quality') return clamp((mean - 1) / 4)
  if (metric === 'difficulty') return clamp(1 - (mean - 1) / 4)
  return mean + ofAll > 0 ? ofAll / (mean + ofAll) : 0.5
}

function blend(seen: number | undefined, weight = 0, expected: number): number {
  return seen === undefined ? expected : (seen * weight + expected * believedAtWeight) / (weight + believedAtWeight)
}

function weightAt({ weight, updatedAtMs }: ProfileFigure, nowMs: number): number {
  return weight * 0.5 ** (Math.max(0, nowMs - updatedAtMs) / profileHalfLifeMs)
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value))
