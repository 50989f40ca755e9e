import type { Specialty } from '../../agents/specialty.ts'
import type { SettingValues, Tunable } from '../../learning/trials/tuning-steps.ts'
import { criteria, defaultWeights, type CriteriaWeights } from '../selection-criteria.ts'

export const weightsName = 'weights'
export const temperatureName = (specialtyId: string): string => `temperature:${specialtyId}`

/** A weight stays between a third and three times of what it is by default. */
const weightRange = 3
const weightStep = 1.5
/** A temperature stays within so much of its specialty's, and from 0 to 1. */
const temperatureRange = 0.3
const temperatureStep = 0.1

const times = (by: number): SettingValues => Object.fromEntries(criteria.map((name) => [name, defaultWeights[name] * by]))

const weights: Tunable = { name: weightsName, defaults: defaultWeights, least: times(1 / weightRange), most: times(weightRange), step: { kind: 'factor', by: weightStep } }

/** @returns undefined for a setting that there is not, such as that of a specialty that is gone */
export function tunableOf(name: string, specialties: readonly Specialty[]): Tunable | undefined {
  if (name === weightsName) return weights
  const specialty = specialties.find(({ id }) => temperatureName(id) === name)
  if (!specialty) return undefined
  const { temperature } = specialty
  return {
    name,
    defaults: { temperature },
    least: { temperature: Math.max(0, temperature - temperatureRange) },
    most: { temperature: Math.min(1, temperature + temperatureRange) },
    step: { kind: 'sum', by: temperatureStep },
  }
}

/** What was stored, where it still has the form of weights. */
export function asWeights(values: SettingValues | undefined): CriteriaWeights | undefined {
  return values && criteria.every((name) => Number.isFinite(values[name])) ? (values as CriteriaWeights) : undefined
}
