import { z } from 'zod'
import { invalidConfig, parseConfig } from '../../agents/config-file.ts'
import { type ConfiguredBudgets, defaultLimits, type Limits } from './budget-limits.ts'

const usd = z.number().min(0).max(1_000_000)
const count = z.int().min(1).max(1_000_000)

/** The form of budgets.json; config/schemas/budgets.schema.json is made from it. */
export const budgetsSchema = z.strictObject({
  $schema: z.string().optional(),
  workspaceDailyUsd: usd.optional().describe('A whole workspace a day; default 100'),
  goalDailyUsd: usd.optional().describe('A channel or a project a day; default 10'),
  perPersonDailyUsd: usd.optional().describe('One person a day; default 10'),
  perRunUsd: usd.optional().describe('One run; default 5'),
  agentsPerDay: count.optional().describe('Agents that a goal spawns a day; default 100'),
  concurrentAgents: count.optional().describe('Agents of a goal at work at once; default 10'),
  warnAtShare: z.number().min(0).max(1).optional().describe('Share of a cap from which on a warning is given; default 0.8'),
  confirmAboveUsd: usd.optional().describe('Work estimated above this asks for a click first; default 1'),
  timeZone: z
    .string()
    .refine(isTimeZone, { error: 'an IANA time zone such as Europe/Berlin' })
    .optional()
    .describe('IANA name; the day of the budgets ends at its midnight; default UTC'),
  projects: z
    .record(z.string().min(1).max(80), z.array(z.string().regex(/^[CG][A-Z0-9]{2,20}$/, { error: 'the id of a channel' })).max(500))
    .optional()
    .describe('Channels that share one budget, by the name of the project'),
})

/** What budgets.json says. */
export interface BudgetSettings extends ConfiguredBudgets {
  readonly projects: Readonly<Record<string, readonly string[]>>
}

/** @throws {MurmurError} MUR_CONFIG_INVALID naming file, path, wanted and found of everything that is wrong */
export function parseBudgets(text: string, file: string): BudgetSettings {
  const { projects = {}, ...given } = parseConfig(budgetsSchema, text, file)
  const byChannel = new Map<string, string>()
  const problems: string[] = []
  for (const [project, channels] of Object.entries(projects)) {
    for (const [index, channel] of channels.entries()) {
      const other = byChannel.get(channel)
      if (other !== undefined) problems.push(`${file}: projects.${project}[${index}]: wanted a channel of one project only, found ${channel} in "${other}" too`)
      byChannel.set(channel, project)
    }
  }
  if (problems.length > 0) throw invalidConfig(problems)
  return { limits: toLimits(given), projects, projectOf: (channelId) => byChannel.get(channelId) }
}

function toLimits(given: Omit<z.infer<typeof budgetsSchema>, 'projects'>): Limits {
  const micro = (amountUsd: number | undefined, fallback: number): number => (amountUsd === undefined ? fallback : Math.round(amountUsd * 1_000_000))
  return {
    workspacePerDayMicroUsd: micro(given.workspaceDailyUsd, defaultLimits.workspacePerDayMicroUsd),
    goalPerDayMicroUsd: micro(given.goalDailyUsd, defaultLimits.goalPerDayMicroUsd),
    personPerDayMicroUsd: micro(given.perPersonDailyUsd, defaultLimits.personPerDayMicroUsd),
    runMicroUsd: micro(given.perRunUsd, defaultLimits.runMicroUsd),
    agentsPerDay: given.agentsPerDay ?? defaultLimits.agentsPerDay,
    concurrentAgents: given.concurrentAgents ?? defaultLimits.concurrentAgents,
    warnAtShare: given.warnAtShare ?? defaultLimits.warnAtShare,
    confirmAboveMicroUsd: micro(given.confirmAboveUsd, defaultLimits.confirmAboveMicroUsd),
    timeZone: given.timeZone ?? defaultLimits.timeZone,
  }
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text }).format(0)
    return true
  } catch {
    return false
  }
}
