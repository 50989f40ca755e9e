import { allowsValue } from './allows-value.ts'
import type { JsonSchema } from './json-schema.ts'
import { isSchema, namedSchemasIn, schemasIn } from './json-schema.ts'
import { ballotEntries, listEntries, optionsFor } from './list-entries.ts'
import type { Conversation } from './read-conversation.ts'
import type { Scene } from './scene.ts'
import { textByName } from './text-by-name.ts'
import { booleanByName, chooseEnum, numberByName } from './value-by-name.ts'

const maxDepth = 8

/**
 * An instance of a JSON Schema: always valid, and as sensible as names, descriptions and the conversation allow.
 * Understands type (also as a list), enum, const, properties, items, prefixItems, anyOf, oneOf, allOf, $ref into $defs,
 * ranges, lengths, formats, simple patterns and uniqueItems. Recursion ends at depth 8 with null, an empty list or the
 * branch that stops.
 */
export function instanceOfSchema(schema: JsonSchema, conversation: Conversation): unknown {
  return instance(schema, firstScene(schema, conversation, {}, false))
}

/** Arguments for a tool: what is given by `hints` and what the schema requires, no more. */
export function argumentsForTool(
  schema: JsonSchema,
  conversation: Conversation,
  hints: Readonly<Record<string, unknown>>,
): object {
  const made = instance(schema, firstScene(schema, conversation, hints, true))
  return isSchema(made) ? made : {}
}

function firstScene(root: JsonSchema, conversation: Conversation, hints: Scene['hints'], isSparing: boolean): Scene {
  return {
    root,
    conversation,
    hints,
    isSparing,
    name: '',
    depth: 0,
    index: 0,
    siblings: new Map(),
    ids: [],
    topic: undefined,
    option: undefined,
  }
}

function instance(given: JsonSchema, scene: Scene): unknown {
  const schema = resolve(given, scene.root)
  if (isHinted(schema, scene)) return scene.hints[scene.name]
  if ('const' in schema) return schema['const']
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return chooseEnum(schema['enum'], schema, scene)
  const branches = [...schemasIn(schema['anyOf']), ...schemasIn(schema['oneOf'])]
  if (branches.length > 0) return instance(withoutBranches(schema, chooseBranch(branches, schema, scene)), scene)
  return instanceOfType(typeOf(schema, scene), schema, scene)
}

/** A hint is for tools of many makers: it counts only where the schema allows it. */
function isHinted(schema: JsonSchema, scene: Scene): boolean {
  return scene.name !== '' && scene.name in scene.hints && allowsValue(schema, scene.hints[scene.name])
}

function instanceOfType(type: string, schema: JsonSchema, scene: Scene): unknown {
  switch (type) {
    case 'object':
      return objectFor(schema, scene)
    case 'array':
      return arrayFor(schema, scene)
    case 'boolean':
      return booleanByName(schema, scene)
    case 'integer':
    case 'number':
      return numberByName({ ...schema, type }, scene)
    case 'null':
      return null
    default:
      return textByName(schema, scene)
  }
}

/** Choices and numbers are made first, because texts such as `reason` speak about them; the order of keys stays. */
function objectFor(schema: JsonSchema, scene: Scene): Record<string, unknown> {
  const properties = namedSchemasIn(schema['properties'])
  const siblings = new Map<string, unknown>()
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  const isDeep = scene.depth >= maxDepth
  const wanted = properties.filter(
    ([name]) => required.has(name) || name in scene.hints || !(isDeep || scene.isSparing),
  )
  for (const isEarly of [true, false]) {
    for (const [name, child] of wanted) {
      if (isChoice(resolve(child, scene.root)) !== isEarly) continue
      siblings.set(name, instance(child, { ...scene, name, siblings, parent: scene.name, depth: scene.depth + 1 }))
    }
  }
  const made: Record<string, unknown> = {}
  for (const [name] of wanted) made[name] = siblings.get(name)
  if (properties.length === 0 && isSchema(schema['additionalProperties']) && !isDeep) {
    for (const key of optionsFor(scene).slice(0, 2)) {
      made[key] = instance(schema['additionalProperties'], {
        ...scene,
        name: scene.name,
        option: key,
        depth: scene.depth + 1,
      })
    }
  }
  return made
}

function arrayFor(schema: JsonSchema, scene: Scene): unknown[] {
  const first = schemasIn(schema['prefixItems'])
  const made: unknown[] = first.map((child, index) => instance(child, { ...scene, index, depth: scene.depth + 1 }))
  const items = isSchema(schema['items']) ? resolve(schema['items'], scene.root) : undefined
  const least = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0
  const most = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : 50
  if (items === undefined) return made
  if (scene.depth >= maxDepth && least === 0) return made
  const entries =
    ballotEntries(items, scene, (child) => resolve(child, scene.root)) ?? listEntries(schema, items, scene)
  const ids: (string | number)[] = []
  const count = Math.min(most, Math.max(least, entries.length))
  for (let index = 0; made.length < count && index < count; index += 1) {
    const entry = entries[index] ?? {}
    const item =
      'value' in entry && allowsValue(items, entry.value)
        ? entry.value
        : instance(items, { ...scene, ...entry, index, ids: [...ids], count, depth: scene.depth + 1 })
    made.push(item)
    const id = isSchema(item) ? (item['id'] ?? item['key'] ?? item['taskId'] ?? item['task_id']) : undefined
    if (typeof id === 'string' || typeof id === 'number') ids.push(id)
  }
  return schema['uniqueItems'] === true ? distinct(made, items) : made
}

/** Doubles are given a number, and left out where the schema leaves no room for one. */
function distinct(made: readonly unknown[], items: JsonSchema): unknown[] {
  const seen = new Set<string>()
  const kept: unknown[] = []
  for (const item of made) {
    let one = item
    for (let attempt = 2; seen.has(JSON.stringify(one)) && attempt < 100; attempt += 1)
      one = another(item, attempt, items)
    if (!seen.has(JSON.stringify(one))) kept.push(one)
    seen.add(JSON.stringify(one))
  }
  return kept
}

function another(item: unknown, attempt: number, items: JsonSchema): unknown {
  const { maxLength, maximum, minimum, multipleOf } = items
  if (typeof item === 'string' && !('pattern' in items) && !('format' in items) && !('enum' in items)) {
    const end = ` ${attempt}`
    return (typeof maxLength === 'number' ? item.slice(0, Math.max(0, maxLength - end.length)) : item) + end
  }
  if (typeof item !== 'number' || 'enum' in items) return item
  const step = (typeof multipleOf === 'number' ? multipleOf : 1) * (attempt - 1)
  if (typeof maximum !== 'number' || item + step <= maximum) return item + step
  return typeof minimum !== 'number' || item - step >= minimum ? item - step : item
}

function isChoice(schema: JsonSchema): boolean {
  return (
    'const' in schema
    || 'enum' in schema
    || ['boolean', 'number', 'integer'].includes(String(schema['type']))
    || schemasIn(schema['anyOf']).some((branch) => 'enum' in branch)
  )
}

/**
 * Null where the name says that there may well be nothing, else the branch that fits best; ids of variants speak for
 * them.
 */
function chooseBranch(branches: readonly JsonSchema[], schema: JsonSchema, scene: Scene): JsonSchema {
  const resolved = branches.map((branch) => resolve(branch, scene.root))
  const nothing = resolved.find((branch) => branch['type'] === 'null')
  const others = resolved.filter((branch) => branch !== nothing)
  if (nothing !== undefined && (scene.depth >= maxDepth || others.length === 0 || saysNothing(scene))) return nothing
  const tags = others.map((branch) => tagOf(branch, scene.root))
  if (others.length > 1 && tags.every((tag) => tag !== undefined)) {
    const chosen = chooseEnum(tags, schema, scene)
    return others[tags.indexOf(String(chosen))] ?? {}
  }
  if (scene.depth >= maxDepth)
    return others.find((branch) => !JSON.stringify(branch).includes('$ref')) ?? others[0] ?? {}
  return others[0] ?? {}
}

function tagOf(branch: JsonSchema, root: JsonSchema): string | undefined {
  for (const [, child] of namedSchemasIn(branch['properties'])) {
    const property = resolve(child, root)
    if (typeof property['const'] === 'string') return property['const']
    if (Array.isArray(property['enum']) && property['enum'].length === 1) return String(property['enum'][0])
  }
  return undefined
}

function saysNothing(scene: Scene): boolean {
  const { name, conversation } = scene
  if (scene.isSparing) return true
  if (/error|clarif|warning|blocked|parent/i.test(name)) return true
  if (/deadline|due/i.test(name))
    return !/\b(by|until|before|deadline|due|tomorrow|today|week|month)\b/i.test(conversation.asked)
  return false
}

function withoutBranches(schema: JsonSchema, branch: JsonSchema): JsonSchema {
  const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = schema
  return { ...rest, ...branch }
}

/** Follows references and merges allOf. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let found = schema
  for (let hop = 0; typeof found['$ref'] === 'string' && hop < 20; hop += 1) {
    const { $ref: reference, ...beside } = found
    found = { ...lookUp(String(reference), root), ...beside }
  }
  const parts = schemasIn(found['allOf'])
  if (parts.length === 0) return found
  const { allOf: _allOf, ...rest } = found
  return parts.map((part) => resolve(part, root)).reduce<JsonSchema>(merge, rest)
}

function merge(one: JsonSchema, other: JsonSchema): JsonSchema {
  const required = [one['required'], other['required']].flatMap((list) => (Array.isArray(list) ? list : []))
  return {
    ...one,
    ...other,
    ...((one['properties'] !== undefined || other['properties'] !== undefined) && {
      properties: Object.fromEntries([...namedSchemasIn(one['properties']), ...namedSchemasIn(other['properties'])]),
    }),
    ...(required.length > 0 && { required }),
  }
}

function lookUp(reference: string, root: JsonSchema): JsonSchema {
  let at: unknown = root
  for (const part of reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((name) => name !== '')) {
    at = isSchema(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
  }
  return isSchema(at) ? at : {}
}

function typeOf(schema: JsonSchema, scene: Scene): string {
  const { type } = schema
  if (Array.isArray(type)) {
    const types = type.map(String)
    if (types.includes('null') && (scene.depth >= maxDepth || saysNothing(scene))) return 'null'
    return types.find((one) => one !== 'null') ?? 'null'
  }
  if (typeof type === 'string') return type
  if ('properties' in schema || 'additionalProperties' in schema) return 'object'
  return 'items' in schema || 'prefixItems' in schema ? 'array' : 'string'
}
