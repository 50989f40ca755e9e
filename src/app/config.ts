import { z } from 'zod'
import { MurmurError } from '../errors.ts'

/** How Slack reaches the app. */
export type SlackSetup =
  | { readonly mode: 'http'; readonly botToken: string; readonly signingSecret: string }
  | { readonly mode: 'socket'; readonly botToken: string; readonly appToken: string }
  | {
      readonly mode: 'oauth'
      readonly signingSecret: string
      readonly clientId: string
      readonly clientSecret: string
      readonly stateSecret: string
      readonly encryptionKey: string
    }

export type Role = 'all' | 'edge' | 'worker'

/** Everything the environment says, checked and frozen. Empty variables count as unset. */
export interface Config {
  readonly slack: SlackSetup
  readonly slackApiUrl: string
  readonly openAiApiKey: string | undefined
  readonly openAiBaseUrl: string | undefined
  /** Undefined: the files that come with the package. */
  readonly configDir: string | undefined
  /** A variable that models.json names as the place of a key; undefined when it is not set. */
  readonly secretOf: (name: string) => string | undefined
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  /** Tasks, messages between processes and shared limits; undefined: all from the database. */
  readonly redisUrl: string | undefined
  /** A Chroma server for the memory; undefined: in the database. */
  readonly chromaUrl: string | undefined
  /** Where a backup is written once a day; undefined: nowhere. */
  readonly backupDir: string | undefined
  readonly role: Role
  readonly port: number
  readonly logLevel: string
  readonly admins: readonly string[]
  readonly metricsToken: string | undefined
  /** Runs at work at once in this process. */
  readonly concurrency: number
  readonly minConcurrency: number
  readonly maxAgents: number
  readonly longInputTokens: number
  readonly learning: boolean
  readonly answerCache: boolean
  /** Of the requests that automations take, 0 to 1: so many are audited. */
  readonly auditShare: number
}

export type Environment = Readonly<Record<string, string | undefined>>

const optional = z.string().optional()
const url = (protocols: RegExp, wanted: string) => z.url({ protocol: protocols, error: `expected ${wanted}` })

const schema = z.object({
  SLACK_BOT_TOKEN: z.string().regex(/^xoxb-/, { error: 'expected a bot token that begins with xoxb-' }).optional(),
  SLACK_SIGNING_SECRET: optional,
  SLACK_APP_TOKEN: z.string().regex(/^xapp-/, { error: 'expected an app-level token that begins with xapp-' }).optional(),
  SLACK_CLIENT_ID: optional,
  SLACK_CLIENT_SECRET: optional,
  SLACK_STATE_SECRET: optional,
  SLACK_API_URL: url(/^https?$/, 'an http(s) address such as https://slack.com/api/').default('https://slack.com/api/'),
  OPENAI_API_KEY: optional,
  OPENAI_BASE_URL: url(/^https?$/, 'an http(s) address such as https://api.openai.com/v1').optional(),
  MURMUR_CONFIG_DIR: optional,
  MURMUR_DATA_DIR: z.string().default('data'),
  MURMUR_BACKUP_DIR: z.string().optional(),
  MURMUR_ENCRYPTION_KEY: z.string().min(16, { error: 'expected at least 16 characters' }).optional(),
  MURMUR_ADMINS: z.string().default(''),
  MURMUR_METRICS_TOKEN: optional,
  MURMUR_CONCURRENCY: z.coerce.number({ error: 'expected a whole number from 1 to 1000' }).int().min(1).max(1_000).default(64),
  MURMUR_MIN_CONCURRENCY: z.coerce.number({ error: 'expected a whole number from 1 to 1000' }).int().min(1).max(1_000).default(8),
  MURMUR_MAX_AGENTS: z.coerce.number({ error: 'expected a whole number from 1 to 1000' }).int().min(1).max(1_000).default(50),
  MURMUR_LONG_INPUT_TOKENS: z.coerce.number({ error: 'expected a whole number from 100 to 100000' }).int().min(100).max(100_000).default(1_000),
  MURMUR_LEARNING: z.enum(['on', 'off'], { error: 'expected on or off' }).default('on'),
  MURMUR_ANSWER_CACHE: z.enum(['on', 'off'], { error: 'expected on or off' }).default('on'),
  MURMUR_AUDIT_PERCENT: z.coerce.number({ error: 'expected a number from 0 to 100' }).min(0).max(100).default(5),
  MURMUR_ROLE: z.enum(['all', 'edge', 'worker'], { error: 'expected all, edge or worker' }).default('all'),
  DATABASE_URL: url(/^postgres(ql)?$/, 'postgres://user:password@host:port/database').optional(),
  REDIS_URL: url(/^rediss?$/, 'redis://host:port').optional(),
  CHROMA_URL: url(/^https?$/, 'an http(s) address such as http://127.0.0.1:8000').optional(),
  PORT: z.coerce.number({ error: 'expected a port from 0 to 65535' }).int().min(0).max(65_535).default(3_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], { error: 'expected trace, debug, info, warn, error, fatal or silent' }).default('info'),
})

type Parsed = z.infer<typeof schema>

/**
 * Reads the environment.
 * @throws {MurmurError} MUR_CONFIG_INVALID naming every wrong or missing variable at once
 */
export function readConfig(environment: Environment): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const result = schema.safeParse(given)
  // What one variable lacks must not hide what the combination lacks: both are told.
  const parsed = result.success ? result.data : (given as unknown as Parsed)
  const problems = result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  const { slack, missing } = readSlackSetup(parsed)
  problems.push(...missing, ...readCombinations(parsed))
  if (problems.length > 0 || !slack) throw new MurmurError('MUR_CONFIG_INVALID', { problems: listProblems(problems) })
  return Object.freeze({
    slack,
    slackApiUrl: parsed.SLACK_API_URL.endsWith('/') ? parsed.SLACK_API_URL : `${parsed.SLACK_API_URL}/`,
    openAiApiKey: parsed.OPENAI_API_KEY,
    openAiBaseUrl: parsed.OPENAI_BASE_URL?.replace(/\/+$/, ''),
    configDir: parsed.MURMUR_CONFIG_DIR,
    secretOf: (name: string) => given[name],
    dataDir: parsed.MURMUR_DATA_DIR,
    databaseUrl: parsed.DATABASE_URL,
    redisUrl: parsed.REDIS_URL,
    chromaUrl: parsed.CHROMA_URL,
    backupDir: parsed.MURMUR_BACKUP_DIR,
    role: parsed.MURMUR_ROLE,
    port: parsed.PORT,
    logLevel: parsed.LOG_LEVEL,
    admins: parsed.MURMUR_ADMINS.split(/[\s,]+/).filter((id) => id !== ''),
    metricsToken: parsed.MURMUR_METRICS_TOKEN,
    concurrency: parsed.MURMUR_CONCURRENCY,
    minConcurrency: parsed.MURMUR_MIN_CONCURRENCY,
    maxAgents: parsed.MURMUR_MAX_AGENTS,
    longInputTokens: parsed.MURMUR_LONG_INPUT_TOKENS,
    learning: parsed.MURMUR_LEARNING === 'on',
    answerCache: parsed.MURMUR_ANSWER_CACHE === 'on',
    auditShare: parsed.MURMUR_AUDIT_PERCENT / 100,
  })
}

/** Where the stores of this installation are: all that `npm run backup` and `npm run restore` need to know of it. */
export function readProcessStores(): Pick<Config, 'dataDir' | 'databaseUrl' | 'chromaUrl' | 'backupDir'> {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const result = schema.pick({ MURMUR_DATA_DIR: true, DATABASE_URL: true, CHROMA_URL: true, MURMUR_BACKUP_DIR: true }).safeParse(given)
  if (!result.success) throw new MurmurError('MUR_CONFIG_INVALID', { problems: listProblems(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)) })
  const { MURMUR_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, CHROMA_URL: chromaUrl, MURMUR_BACKUP_DIR: backupDir } = result.data
  return { dataDir, databaseUrl, chromaUrl, backupDir }
}

/** The environment of this process; the one place that reads it. */
export const readProcessConfig = (): Config => readConfig(process.env)

const listProblems = (problems: readonly string[]): string => problems.map((problem) => `\n  - ${problem}`).join('')

function readSlackSetup(env: Parsed): { slack?: SlackSetup; missing: string[] } {
  if (env.SLACK_CLIENT_ID || env.SLACK_CLIENT_SECRET || env.SLACK_STATE_SECRET) return readOauth(env)
  const missing: string[] = []
  if (!env.SLACK_BOT_TOKEN) missing.push('SLACK_BOT_TOKEN: missing; copy it from "OAuth & Permissions" of your Slack app')
  if (env.SLACK_APP_TOKEN) {
    return env.SLACK_BOT_TOKEN ? { slack: { mode: 'socket', botToken: env.SLACK_BOT_TOKEN, appToken: env.SLACK_APP_TOKEN }, missing } : { missing }
  }
  if (!env.SLACK_SIGNING_SECRET) {
    missing.push('SLACK_SIGNING_SECRET: missing; copy it from "Basic Information" of your Slack app (or set SLACK_APP_TOKEN for Socket Mode)')
  }
  if (!env.SLACK_BOT_TOKEN || !env.SLACK_SIGNING_SECRET) return { missing }
  return { slack: { mode: 'http', botToken: env.SLACK_BOT_TOKEN, signingSecret: env.SLACK_SIGNING_SECRET }, missing }
}

function readOauth(env: Parsed): { slack?: SlackSetup; missing: string[] } {
  const needed = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'SLACK_STATE_SECRET', 'SLACK_SIGNING_SECRET', 'MURMUR_ENCRYPTION_KEY'] as const
  const missing = needed.filter((name) => !env[name]).map((name) => `${name}: missing; an installation over OAuth needs ${needed.join(', ')}`)
  if (missing.length > 0) return { missing }
  return {
    slack: {
      mode: 'oauth',
      clientId: env.SLACK_CLIENT_ID ?? '',
      clientSecret: env.SLACK_CLIENT_SECRET ?? '',
      stateSecret: env.SLACK_STATE_SECRET ?? '',
      signingSecret: env.SLACK_SIGNING_SECRET ?? '',
      encryptionKey: env.MURMUR_ENCRYPTION_KEY ?? '',
    },
    missing,
  }
}

function readCombinations(env: Parsed): string[] {
  const problems: string[] = []
  // A folder of one's own may name other providers only; then its models.json decides what is missing.
  if (!env.OPENAI_API_KEY && !env.OPENAI_BASE_URL && !env.MURMUR_CONFIG_DIR) {
    problems.push('OPENAI_API_KEY: missing; set it, or set OPENAI_BASE_URL to a server that needs no key')
  }
  if ((env.MURMUR_ROLE === 'edge' || env.MURMUR_ROLE === 'worker') && !env.DATABASE_URL) {
    problems.push(`MURMUR_ROLE: ${env.MURMUR_ROLE} needs DATABASE_URL, because SQLite serves one process; expected all without it`)
  }
  return problems
}
