import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from '@jest/globals'
import { openDatabase } from '../../../src/storage/database.ts'
import type { WorkspaceId } from '../../../src/storage/records.ts'
import { ChromaVectors } from '../../../src/storage/vectors/chroma-vectors.ts'
import { EmbeddedVectors } from '../../../src/storage/vectors/embedded-vectors.ts'
import type { VectorMemory } from '../../../src/storage/vectors/vector-memory.ts'
import { chromaUrl } from '../../support/chroma.ts'
import { crashSpace, vectorOf } from './crash-items.ts'

/** New with each run, as a Chroma server may be an old one. */
const workspaceId = `Tcrash${process.pid}x${Date.now()}` as WorkspaceId
const kills = 5
const writer = join(import.meta.dirname, 'vector-writer.ts')

/** Lets a process write until it has acknowledged so many more, then kills it in the middle. @returns the last one acknowledged */
async function writeAndKill(kind: string, place: string, first: number, acknowledgements: number): Promise<number> {
  const child = spawn(process.execPath, [writer, kind, place, workspaceId, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  let last = first - 1
  let seen = 0
  for await (const line of createInterface(child.stdout)) {
    last = Number(line)
    if (++seen === acknowledgements) child.kill('SIGKILL')
  }
  await exited
  return last
}

/** Those out of about forty that are not found whole, by their vector. */
async function findMissing(memory: VectorMemory, last: number): Promise<number[]> {
  const missing: number[] = []
  for (let number = 0; number <= last; number += Math.max(1, Math.floor(last / 40))) {
    const [hit] = await memory.query({ workspaceId, space: crashSpace, vector: vectorOf(number), limit: 1, filter: { sinceMs: number } })
    if (hit?.item.id !== `i${number}` || hit.item.text !== `text ${number}` || hit.score < 0.9999) missing.push(number)
  }
  return missing
}

test('every write that the embedded store acknowledged is there after kill -9, over and over', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-vectors-'))
  let last = -1
  for (let kill = 1; kill <= kills; kill++) last = await writeAndKill('embedded', dataDir, last + 1, 20 * kill)
  const database = await openDatabase({ dataDir })
  const memory = new EmbeddedVectors(database, { nowMs: Date.now })
  expect(await memory.count(workspaceId)).toBeGreaterThanOrEqual(last + 1)
  expect(await findMissing(memory, last)).toEqual([])
  await memory.close()
  await database.close()
  rmSync(dataDir, { recursive: true, force: true })
}, 120_000)

test('every write that was acknowledged through Chroma is there after the writer is killed', async () => {
  let last = -1
  for (let kill = 1; kill <= 2; kill++) last = await writeAndKill('chroma', chromaUrl(), last + 1, 10 * kill)
  const memory = new ChromaVectors({ url: chromaUrl(), nowMs: Date.now })
  expect(await memory.count(workspaceId)).toBeGreaterThanOrEqual(last + 1)
  expect(await findMissing(memory, last)).toEqual([])
}, 120_000)
