import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { StaticFiles } from '../../../playground/workspace/static-files.ts'

interface Sent {
  status: number
  type: string
  body: string
}

async function withFolder(
  work: (get: (path: string) => Promise<Sent>, write: (path: string, text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'page-'))
  const files = new StaticFiles(join(folder, 'page'))
  const get = async (path: string): Promise<Sent> => {
    const sent: Sent = { status: 0, type: '', body: '' }
    const response = {
      writeHead: (status: number, headers: Record<string, string>) => {
        Object.assign(sent, { status, type: headers['content-type'] })
        return response
      },
      end: (body: Buffer) => {
        sent.body = body.toString()
      },
    }
    await files.send(path, response as unknown as ServerResponse)
    return sent
  }
  await mkdir(join(folder, 'page', 'blocks'), { recursive: true })
  try {
    await work(get, (path, text) => writeFile(join(folder, path), text))
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('serves TypeScript without its types, and anew after a change', () =>
  withFolder(async (get, write) => {
    await write('page/blocks/one.ts', 'export const one: number = 1\n')
    expect(await get('blocks/one.ts')).toEqual({
      status: 200,
      type: 'text/javascript; charset=utf-8',
      body: 'export const one         = 1\n',
    })
    await write('page/blocks/one.ts', 'export const two = 22 as number\n')
    expect((await get('blocks/one.ts')).body).toContain('two = 22')
  }))

test('serves nothing outside its folder and no folders', () =>
  withFolder(async (get, write) => {
    await write('secret.txt', 'secret')
    await write('page/page.css', 'body {}')
    expect((await get('page.css')).type).toBe('text/css; charset=utf-8')
    for (const path of ['../secret.txt', 'blocks/../../secret.txt', '/etc/passwd', 'blocks', 'missing.css'])
      expect([path, (await get(path)).status]).toEqual([path, 404])
  }))

test('finds vendor files only through the table', () =>
  withFolder(async (get, write) => {
    await write('page/vendor.json', JSON.stringify({ 'manifest.json': 'package.json' }))
    expect(await get('vendor/manifest.json')).toMatchObject({ status: 200, type: 'application/json; charset=utf-8' })
    expect((await get('vendor/other.js')).status).toBe(404)
    expect((await get('vendor/toString')).status).toBe(404)
  }))
