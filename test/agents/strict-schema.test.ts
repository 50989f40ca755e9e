import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { checkStrictSchema } from '../../playground/offline-model/check-strict-schema.ts'
import type { JsonSchema } from '../../src/agents/chat-model.ts'
import { toStrictSchema } from '../../src/agents/strict-schema.ts'

const strict = (schema: z.ZodType): JsonSchema => toStrictSchema(z.toJSONSchema(schema, { io: 'input' }))

describe('a strict schema', () => {
  test('closes every object and requires every property, optional ones as null', () => {
    expect(
      strict(z.object({ a: z.string(), b: z.number().optional(), c: z.object({ d: z.boolean().default(true) }) })),
    ).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { anyOf: [{ type: 'number' }, { type: 'null' }] },
        c: {
          type: 'object',
          properties: { d: { anyOf: [{ type: 'boolean' }, { type: 'null' }] } },
          required: ['d'],
          additionalProperties: false,
        },
      },
      required: ['a', 'b', 'c'],
      additionalProperties: false,
    })
  })

  test('keeps descriptions, bounds of numbers and lists, and choices', () => {
    expect(
      strict(
        z.object({
          score: z.number().min(0).max(1).describe('0 to 1'),
          kind: z.enum(['a', 'b']),
          list: z.array(z.int()).max(3),
          gone: z.string().describe('why').optional(),
        }),
      )['properties'],
    ).toEqual({
      score: { type: 'number', minimum: 0, maximum: 1, description: '0 to 1' },
      kind: { type: 'string', enum: ['a', 'b'] },
      list: { type: 'array', maxItems: 3, items: { type: 'integer' } },
      gone: { description: 'why', anyOf: [{ type: 'string' }, { type: 'null' }] },
    })
  })

  test('leaves out what strict outputs refuse', () => {
    const text = JSON.stringify(
      strict(
        z.object({ a: z.string().min(1).max(9), b: z.email(), c: z.url(), d: z.uuid(), e: z.string().default('x') }),
      ),
    )
    for (const word of ['minLength', 'maxLength', 'pattern', '"uri"', 'default', '$schema'])
      expect(text).not.toContain(word)
    expect(text).toContain('"format":"email"')
  })

  test('does not make null possible twice', () => {
    const schema = z.object({
      a: z.string().nullable().optional(),
      b: z.union([z.string(), z.null()]).optional(),
      c: z.enum(['x']).nullable().optional(),
    })
    expect(JSON.stringify(strict(schema)).match(/null/g)).toHaveLength(3)
  })

  test('refuses records with open keys', () => {
    expect(() => strict(z.object({ byName: z.record(z.string(), z.number()) }))).toThrow(
      expect.objectContaining({ code: 'MUR_BUG' }),
    )
  })

  test('passes the checks of a strict server for unions and recursion too', () => {
    const tree: z.ZodType = z.object({
      name: z.string(),
      get children() {
        return z.array(tree).optional()
      },
    })
    const union = z.object({
      move: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('go'), to: z.string() }),
        z.object({ kind: z.literal('stay'), ms: z.int().optional() }),
      ]),
    })
    for (const schema of [tree, union]) {
      expect(() => {
        checkStrictSchema(strict(schema), 'test', 'response_format')
      }).not.toThrow()
    }
  })
})
