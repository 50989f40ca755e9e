import { ApiError, invalidArguments } from './api-error.ts'
import { checkBlocks } from './check-blocks.ts'
import { asObject, asText } from './json-object.ts'
import type { JsonObject } from './json-object.ts'

const TEXT_LIMITS: { readonly [field: string]: number } = { private_metadata: 3000, callback_id: 255, external_id: 255 }
const TITLE_LIMIT = 24

/** Finds what Slack would refuse in a view, as lines for developers; empty when it is fine. */
export function findViewFaults(view: JsonObject): string[] {
  const type = asText(view.type)
  if (type !== 'modal' && type !== 'home') return [`unsupported type: ${type ?? 'none'} [json-pointer:/view/type]`]
  const faults: string[] = []
  if (!Array.isArray(view.blocks)) faults.push('missing required field: blocks [json-pointer:/view/blocks]')
  else
    faults.push(
      ...checkBlocks(view.blocks, type).map((item) => `${item.message} [json-pointer:/view/blocks${item.pointer}]`),
    )
  for (const [field, max] of Object.entries(TEXT_LIMITS)) {
    if ((asText(view[field])?.length ?? 0) > max)
      faults.push(`must be less than ${max + 1} characters [json-pointer:/view/${field}]`)
  }
  if (type === 'modal') faults.push(...findModalFaults(view))
  return faults
}

/** @throws {ApiError} invalid_arguments with the faults of the view; view_too_large is the view book's */
export function checkView(view: unknown, expectedType: 'modal' | 'home'): JsonObject {
  const content = asObject(view)
  const faults = findViewFaults(content)
  if (content.type !== expectedType) faults.unshift(`expected a view of type ${expectedType} [json-pointer:/view/type]`)
  if (faults.length > 0) throw invalidArguments(...faults)
  if (JSON.stringify(content).length > 250_000) throw new ApiError('view_too_large')
  return content
}

function findModalFaults(view: JsonObject): string[] {
  const faults: string[] = []
  if (view.title === undefined) faults.push('missing required field: title [json-pointer:/view/title]')
  for (const field of ['title', 'submit', 'close']) {
    if ((asText(asObject(view[field]).text)?.length ?? 0) > TITLE_LIMIT) {
      faults.push(`must be less than ${TITLE_LIMIT + 1} characters [json-pointer:/view/${field}/text]`)
    }
  }
  const hasInput = Array.isArray(view.blocks) && view.blocks.some((block) => asObject(block).type === 'input')
  if (hasInput && view.submit === undefined) faults.push('missing required field: submit [json-pointer:/view/submit]')
  return faults
}
