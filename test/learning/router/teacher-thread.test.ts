import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { groupRuns } from '../../../src/learning/regrouping/group-runs.ts'
import { TeacherThread } from '../../../src/learning/router/teacher-thread.ts'

const units = Array.from({ length: 1_200 }, (_, at) => ({ runs: [{ text: `${['List', 'Draft', 'Cancel'][at % 3]} the papers of client${at}`, trace: [`tool ${at % 3}`] }], isKept: at < 2 }))

let thread: TeacherThread
beforeEach(() => {
  thread = new TeacherThread()
})
afterEach(() => thread.close())

test('groups runs as here, several groupings beside each other', async () => {
  const [all, few, none] = await Promise.all([thread.group(units), thread.group(units.slice(0, 20)), thread.group([])])
  expect(all).toEqual(groupRuns(units))
  expect(few).toEqual(groupRuns(units.slice(0, 20)))
  expect(none).toEqual(new Int32Array())
  expect(await thread.group(units.slice(0, 20))).toEqual(few)
})

test('teaches and groups beside each other', async () => {
  const lessons = { cards: [{ id: 'writer', texts: ['write draft letter'] }, { id: 'coder', texts: ['fix program bug'] }], fallback: 0, rated: [], unrated: [] }
  const [taught, groups] = await Promise.all([thread.teach(lessons), thread.group(units.slice(0, 20))])
  expect(taught.bytes.byteLength).toBeGreaterThan(0)
  expect(groups).toHaveLength(20)
})

test('what is under way when it closes is given up', async () => {
  const ended = thread.group(units).catch((error: unknown) => error)
  await thread.close()
  expect(await ended).toMatchObject({ code: 'MUR_STORE_DOWN' })
})
