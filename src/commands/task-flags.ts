import { Temporal } from 'temporal-polyfill'
import type { SpecialtyCatalogue } from '../agents/specialty-catalogue.ts'
import { MurmurError } from '../errors.ts'
import { capableOf } from '../orchestration/capable-specialties.ts'
import { priorities, type Priority, type Request } from '../storage/records.ts'
import type { CommandCall, CommandDeps } from './command.ts'
import { findNearWord } from './near-word.ts'
import { choiceFlag, textFlag, type FlagValues } from './parse-arguments.ts'

/** The flags of everything that is put into the queue. */
export const taskFlags = {
  priority: choiceFlag(priorities),
  deadline: textFlag('a time such as `2h`, `17:00` or `2026-12-01T09:00`', '2h'),
  needs: textFlag('capabilities, separated by commas', 'research', 200),
  role: textFlag('the id or name of a specialty', 'writer'),
}

/** The same for what is due at a time of its own. */
export const scheduleFlags = { priority: taskFlags.priority, needs: taskFlags.needs, role: taskFlags.role }

type TaskFlagValues = FlagValues<typeof taskFlags>

/** How a task is to be done, checked. */
export interface TaskWish {
  readonly priority?: Priority
  readonly deadlineMs?: number
  readonly request: Pick<Request, 'forcedSpecialtyId' | 'needs'>
}

/** Where and when a wish is made. */
export interface WishPlace {
  readonly catalogue: SpecialtyCatalogue
  readonly timeZone: string
  readonly nowMs: number
}

/**
 * Checks what the flags of a task say against what there is.
 * @throws {MurmurError} MUR_USAGE naming what would do
 */
export function readTaskWish({ priority, deadline, needs, role }: TaskFlagValues, { catalogue, timeZone, nowMs }: WishPlace): TaskWish {
  const specialtyId = role === undefined ? undefined : readRole(role, catalogue)
  const wanted = needs === undefined ? undefined : readNeeds(needs, catalogue, specialtyId)
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(deadline === undefined ? {} : { deadlineMs: readDeadline(deadline, timeZone, nowMs) }),
    request: { ...(specialtyId === undefined ? {} : { forcedSpecialtyId: specialtyId }), ...(wanted === undefined ? {} : { needs: wanted }) },
  }
}

/** The zone is asked for only where a time of day needs it. */
export async function readTaskFlags(deps: CommandDeps, { workspaceId, userId }: CommandCall, values: TaskFlagValues): Promise<TaskWish> {
  if (Object.keys(values).length === 0) return { request: {} }
  const { catalogue } = await deps.settingsOf(workspaceId)
  const timeZone = values.deadline?.includes(':') ? await deps.timeZoneOf(workspaceId, userId) : 'UTC'
  return readTaskWish(values, { catalogue, timeZone, nowMs: deps.nowMs() })
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const mostAheadMs = 366 * unitMs.d

/**
 * A deadline as a person types it: from now on, a time of day that comes next, or a date with a time.
 * @throws {MurmurError} MUR_USAGE when it is none, over, or more than a year ahead
 */
export function readDeadline(typed: string, timeZone: string, nowMs: number): number {
  const atMs = deadlineOf(typed.trim(), timeZone, nowMs)
  if (atMs !== undefined && atMs > nowMs && atMs <= nowMs + mostAheadMs) return atMs
  throw new MurmurError('MUR_USAGE', { wanted: 'a time to come within a year after `--deadline`', found: quote(typed), hint: 'For example `2h`, `17:00` or `2026-12-01T09:00`.' })
}

function deadlineOf(typed: string, timeZone: string, nowMs: number): number | undefined {
  const span = /^(\d{1,5})\s*([smhd])$/i.exec(typed)
  if (span) return nowMs + Number(span[1]) * unitMs[span[2]?.toLowerCase() as keyof typeof unitMs]
  try {
    if (/^\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}$/.test(typed)) return Temporal.PlainDateTime.from(typed.replace(/[T ](\d):/, 'T0$1:'), { overflow: 'reject' }).toZonedDateTime(timeZone).epochMilliseconds
    const clock = /^(\d{1,2}):(\d{2})$/.exec(typed)
    if (!clock) return undefined
    const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(timeZone)
    const time = Temporal.PlainTime.from({ hour: Number(clock[1]), minute: Number(clock[2]) }, { overflow: 'reject' })
    const today = now.withPlainTime(time)
    return (today.epochMilliseconds > nowMs ? today : now.add({ days: 1 }).withPlainTime(time)).epochMilliseconds
  } catch {
    return undefined
  }
}

function readRole(typed: string, catalogue: SpecialtyCatalogue): string {
  const wanted = typed.toLowerCase()
  const found = catalogue.list().find(({ id, name }) => id === wanted || name.toLowerCase() === wanted)
  if (found) return found.id
  const ids = catalogue.list().map(({ id }) => id)
  const near = findNearWord(wanted, ids)
  throw new MurmurError('MUR_USAGE', { wanted: `one of ${ids.map((id) => `\`${id}\``).join(', ')} after \`--role\``, found: quote(typed), hint: near ? `Did you mean \`${near}\`?` : 'For example `--role writer`.' })
}

function readNeeds(typed: string, catalogue: SpecialtyCatalogue, specialtyId: string | undefined): readonly string[] {
  const needs = [...new Set(typed.toLowerCase().split(/[,\s]+/).filter((need) => need !== ''))]
  const known = [...new Set(catalogue.list().flatMap(({ capabilities }) => capabilities))].toSorted()
  const unknown = needs.find((need) => !known.includes(need))
  if (unknown !== undefined) {
    const near = findNearWord(unknown, known)
    throw new MurmurError('MUR_USAGE', { wanted: `capabilities out of ${known.map((need) => `\`${need}\``).join(', ')} after \`--needs\``, found: quote(unknown), hint: near ? `Did you mean \`${near}\`?` : 'For example `--needs research`.' })
  }
  const capable = capableOf(catalogue.list(), needs)
  const isMet = specialtyId === undefined ? capable.length > 0 : capable.some(({ id }) => id === specialtyId)
  if (isMet) return needs
  throw new MurmurError('MUR_USAGE', { wanted: specialtyId === undefined ? 'capabilities that one specialist has together' : `capabilities that \`${specialtyId}\` has`, found: quote(needs.join(', ')), hint: '`/swarm agents` lists who can do what.' })
}

const quote = (typed: string): string => `\`${typed.replaceAll('`', '').slice(0, 60)}\``
