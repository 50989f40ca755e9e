import { asObjects } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

/** The options of a select, overflow menu or group of boxes, those in groups included. */
export function optionsOf(element: JsonObject): readonly JsonObject[] {
  return [
    ...asObjects(element.options),
    ...asObjects(element.option_groups).flatMap((group) => asObjects(group.options)),
  ]
}

/** @throws {Error} when no option has the value */
export function pickOption(element: JsonObject, value: string | undefined): JsonObject {
  const options = optionsOf(element)
  const option = options.find((item) => item.value === value)
  if (option === undefined)
    throw new Error(`Expected one of ${options.map((item) => String(item.value)).join(', ')}, got "${value ?? ''}".`)
  return option
}
