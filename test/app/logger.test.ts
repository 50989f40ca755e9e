import { expect, test } from '@jest/globals'
import { createLogger } from '../../src/app/logger.ts'
import { MurmurError } from '../../src/errors.ts'

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = []
  write(createLogger('info', { write: (line: string) => void lines.push(line) }))
  return JSON.parse(lines[0] ?? '{}') as Record<string, unknown>
}

test('an error stands where the Elastic Common Schema has it, beside the facts it was logged with', () => {
  const error = new MurmurError('MUR_STORE_DOWN', { reason: 'refused' }, { cause: new TypeError('no route') })
  const line = logged((logger) => logger.warn({ err: error, runId: 'r1', attempt: 2 }, 'run attempt failed'))
  expect(line).toMatchObject({
    'log.level': 'warn',
    message: 'run attempt failed',
    runId: 'r1',
    attempt: 2,
    'error.type': 'MurmurError',
    'error.code': 'MUR_STORE_DOWN',
    'error.message': error.message,
    'error.cause': 'TypeError: no route',
    'error.stack_trace': expect.stringContaining('MurmurError'),
  })
  expect(Object.keys(line)).not.toContain('err')
})

test('a line says which process of which machine wrote it', () => {
  const line = logged((logger) => logger.child({ 'service.version': '1.2.3', 'service.node.roles': ['edge'] }).info('draining'))
  expect(line).toMatchObject({ 'service.name': 'murmur', 'service.version': '1.2.3', 'service.node.roles': ['edge'], 'process.pid': process.pid, 'host.hostname': expect.stringMatching(/./) })
})

test('secrets are taken out of facts, messages of errors and their causes', () => {
  const token = ['xoxb', '123456-abcdef'].join('-')
  const line = logged((logger) => logger.error({ err: new Error(`refused ${token}`, { cause: new Error(token) }), headers: { authorization: token }, token }, 'failed'))
  expect(JSON.stringify(line)).not.toContain(token)
})
