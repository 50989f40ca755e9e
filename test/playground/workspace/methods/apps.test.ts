import { expect, test } from '@jest/globals'
import { errorOf, withClient } from '../web-client.ts'

test('validates blocks and views without posting them', () =>
  withClient(async ({ client }) => {
    expect(await client.blocks.validate({ blocks: [{ type: 'divider' }] })).toMatchObject({ ok: true, errors: [] })
    const bad = client.blocks.validate({
      blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }],
    })
    await expect(bad).rejects.toMatchObject({
      data: { errors: [{ code: 'invalid_blocks', pointer: '/blocks/0/text' }] },
    })
    expect(await errorOf(client.apiCall('blocks.validate', { view: { type: 'modal', blocks: [] } }))).toBe(
      'invalid_blocks',
    )
  }))

test('answers api.test with its arguments or the wanted error', () =>
  withClient(async ({ client }) => {
    expect(await client.apiCall('api.test', { foo: 'bar' })).toMatchObject({ ok: true, args: { foo: 'bar' } })
    expect(await errorOf(client.api.test({ error: 'my_error' }))).toBe('my_error')
  }))
