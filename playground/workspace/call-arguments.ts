import { ApiError, invalidArguments } from './api-error.ts'
import { asObjects, asText, isJsonObject } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/**
 * The arguments of one Web API call. Forms carry JSON inside strings, JSON bodies carry it plain: both read the same
 * here.
 */
export class CallArguments {
  readonly raw: JsonObject

  constructor(raw: JsonObject) {
    this.raw = raw
  }

  has(name: string): boolean {
    return this.raw[name] !== undefined && this.raw[name] !== null
  }

  text(name: string): string | undefined {
    const value = this.raw[name]
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    return asText(value)
  }

  /** @throws {ApiError} invalid_arguments when it is missing or empty */
  required(name: string): string {
    const value = this.text(name)
    if (value === undefined || value === '') throw invalidArguments(`missing required field: ${name}`)
    return value
  }

  flag(name: string): boolean {
    const value = this.raw[name]
    return value === true || value === 'true' || value === '1' || value === 1
  }

  integer(name: string, fallback: number, max: number): number {
    const value = Number(this.raw[name] ?? fallback)
    if (!Number.isInteger(value) || value < 1) throw new ApiError('invalid_limit')
    return Math.min(value, max)
  }

  /** A comma-separated string or a list. */
  list(name: string): string[] {
    const value = this.json(name, 'invalid_arguments')
    const items = Array.isArray(value) ? value.map(String) : (asText(value) ?? '').split(',')
    return items.map((item) => item.trim()).filter((item) => item !== '')
  }

  /** @throws {ApiError} `errorCode` when the value is no object */
  object(name: string, errorCode: string): JsonObject | undefined {
    const value = this.json(name, errorCode)
    if (value === undefined) return undefined
    if (!isJsonObject(value)) throw new ApiError(errorCode)
    return value
  }

  /** @throws {ApiError} `errorCode` when the value is no list of objects */
  objects(name: string, errorCode: string): readonly JsonObject[] | undefined {
    const value = this.json(name, errorCode)
    if (value === undefined) return undefined
    if (!Array.isArray(value) || asObjects(value).length !== value.length) throw new ApiError(errorCode)
    return asObjects(value)
  }

  /** The value itself; a string that looks like JSON is parsed. */
  json(name: string, errorCode: string): unknown {
    const value = this.raw[name]
    if (value === null || value === '') return undefined
    if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
    try {
      return JSON.parse(value) as unknown
    } catch {
      throw new ApiError(errorCode)
    }
  }
}
