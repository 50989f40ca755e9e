import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { readChatRequest } from '../../../playground/offline-model/chat-request.ts'
import { instanceOfSchema } from '../../../playground/offline-model/instance-of-schema.ts'
import { readConversation } from '../../../playground/offline-model/read-conversation.ts'

const names = (
  'id title reason tasks steps dependsOn score confidence rank specialty winner ranking votes scores done status '
  + 'tags urls answer summary change guidance position side deadline error newTasks count url options result x'
).split(' ')
const users = [
  'Plan the launch\n1. a\n2. b',
  'Candidate A: xx\nCandidate B: yyy zz',
  'What is 5 * 7?',
  ' ',
  'Round 3 https://example.org/a',
  'task-1 task-2 [x] [x]',
]
const texts: z.core.JSONSchema.BaseSchema[] = [
  { type: 'string' },
  { type: 'string', minLength: 12, maxLength: 20 },
  { type: 'string', maxLength: 3 },
  { type: 'string', pattern: '^T\\d{3}$' },
  { type: 'string', format: 'date' },
]
const numbers: z.core.JSONSchema.BaseSchema[] = [
  { type: 'number' },
  { type: 'number', minimum: -3, maximum: -1 },
  { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
  { type: 'integer' },
  { type: 'integer', minimum: 40 },
  { type: 'integer', maximum: -4 },
  { type: 'integer', multipleOf: 5, minimum: 1, maximum: 10 },
]
const others: z.core.JSONSchema.BaseSchema[] = [
  { type: 'boolean' },
  { enum: ['a', 'b', 'c'] },
  { enum: [1, 2] },
  { enum: ['done', 'continue'] },
  { const: 'k' },
  { type: ['integer', 'null'] },
]

/** The same sequence in every run: a failure can be looked at again. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return state / 0x7fffffff
  }
}

function randomSchema(random: () => number, depth: number): z.core.JSONSchema.BaseSchema {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const kind = Math.floor(random() * (depth > 3 ? 3 : 7))
  if (kind < 3) return pick([texts, numbers, others][kind] ?? texts)
  if (kind === 3) return { anyOf: [randomSchema(random, depth + 1), { type: 'null' }] }
  if (kind === 4)
    return {
      type: 'array',
      items: randomSchema(random, depth + 1),
      minItems: Math.floor(random() * 3),
      maxItems: 2 + Math.floor(random() * 3),
    }
  const properties: Record<string, z.core.JSONSchema.BaseSchema> = {}
  for (let count = 0; count < 4; count += 1) properties[pick(names)] = randomSchema(random, depth + 1)
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter(() => random() < 0.8),
    additionalProperties: false,
  }
}

test('makes valid instances of 1,500 random schemas', () => {
  const random = createRandom(7)
  const failures: unknown[] = []
  for (let made = 0; made < 1_500; made += 1) {
    const schema = {
      type: 'object' as const,
      properties: { [names[made % names.length] ?? 'x']: randomSchema(random, 0) },
      additionalProperties: false as const,
    }
    const request = readChatRequest({ model: 'm', messages: [{ role: 'user', content: users[made % users.length] }] })
    const instance = instanceOfSchema(schema, readConversation(request, 0))
    const checked = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(instance)
    if (!checked.success) failures.push({ schema, instance, problem: checked.error.message })
  }
  expect(failures).toEqual([])
})
