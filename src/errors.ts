/** Who acts next when an error of this code happens. */
export type Told = 'operator' | 'person' | 'person and admins'

/** How often the same attempt makes sense again: never, once, or with backoff until a bound. */
export type Retry = 'no' | 'once' | 'backoff'

interface ErrorRow {
  readonly retry: Retry
  readonly told: Told
  readonly message: (details: ErrorDetails) => string
}

/** Typed facts of one error; never request text, never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>

const text = (value: string | number | boolean | undefined, fallback: string): string =>
  value === undefined || value === '' ? fallback : String(value)

/** Every error Murmur raises: its retry rule, who is told, and its sentence (wanted, found, what to do). */
export const errorTable = {
  MUR_CONFIG_INVALID: {
    retry: 'no',
    told: 'operator',
    message: (d) => `The configuration is not usable: ${text(d['problems'], 'unknown problem')}`,
  },
  MUR_REQUEST_INVALID: {
    retry: 'no',
    told: 'person',
    message: (d) => `Expected ${text(d['wanted'], 'a request')}, got ${text(d['found'], 'something else')}. ${text(d['hint'], '')}`.trim(),
  },
  MUR_USAGE: {
    retry: 'no',
    told: 'person',
    message: (d) => `Expected ${text(d['wanted'], 'another form')}, got ${text(d['found'], 'nothing')}. ${text(d['hint'], 'Try `/swarm help`.')}`,
  },
  MUR_NOT_ALLOWED: {
    retry: 'no',
    told: 'person',
    message: (d) => `${text(d['action'], 'This')} is for ${text(d['who'], 'admins')}. ${text(d['hint'], 'Ask one of them to do it.')}`,
  },
  MUR_BUDGET_SPENT: {
    retry: 'no',
    told: 'person and admins',
    message: (d) =>
      `The ${text(d['scope'], 'budget')} limit of ${text(d['limit'], 'its cap')} leaves no room for this: ${text(d['spent'], 'all')} is spent, ` +
      (d['held'] ? `${text(d['held'], '')} is held for calls under way, ` : '') +
      `and this may cost up to ${text(d['needed'], 'more')}. It resets ${text(d['resetsAt'], 'tomorrow')}; an admin can raise it with \`/swarm budget set\`.`,
  },
  MUR_COST_UNCONFIRMED: {
    retry: 'no',
    told: 'person',
    message: (d) => `${text(d['what'], 'This')} would cost about ${text(d['needed'], 'more')}, and what is above ${text(d['limit'], 'the limit')} needs your click first.`,
  },
  MUR_AGENTS_BUSY: {
    retry: 'backoff',
    told: 'person',
    message: (d) => `All ${text(d['limit'], '')} agents here are at work and ${text(d['waiting'], 'many')} requests wait already. Try again in a moment.`,
  },
  MUR_MODEL_BUSY: {
    retry: 'backoff',
    told: 'person',
    message: (d) => `The model provider ${text(d['provider'], '')} asks to wait (status ${text(d['status'], '429')}). Try again in a moment.`,
  },
  MUR_MODEL_DOWN: {
    retry: 'backoff',
    told: 'person',
    message: (d) => `The model provider ${text(d['provider'], '')} did not answer (${text(d['reason'], 'no answer')}). Try again later.`,
  },
  MUR_MODEL_REFUSED: {
    retry: 'no',
    told: 'person',
    message: (d) => `The model provider ${text(d['provider'], '')} refused the call (status ${text(d['status'], '4xx')}: ${text(d['reason'], 'no reason given')}).`,
  },
  MUR_MODEL_MALFORMED: {
    retry: 'once',
    told: 'person',
    message: (d) => `The model answered in a form that cannot be used (${text(d['reason'], 'unreadable')}).`,
  },
  MUR_INPUT_TOO_LONG: {
    retry: 'no',
    told: 'person',
    message: (d) => `Expected at most ${text(d['limit'], 'the limit')} ${text(d['unit'], 'characters')}, got ${text(d['found'], 'more')}. Shorten the text or split it.`,
  },
  MUR_SLACK_BUSY: {
    retry: 'backoff',
    told: 'operator',
    message: (d) => `Slack asks to wait before ${text(d['method'], 'the next call')} (${text(d['reason'], 'rate limited')}).`,
  },
  MUR_SLACK_REJECTED: {
    retry: 'no',
    told: 'operator',
    message: (d) => `Slack refused ${text(d['method'], 'a call')}: ${text(d['reason'], 'no reason given')}. Compare the app's scopes with manifest.yml.`,
  },
  MUR_RUN_CANCELLED: { retry: 'no', told: 'person', message: () => 'The run was stopped on request.' },
  MUR_RUN_TIMED_OUT: {
    retry: 'no',
    told: 'person',
    message: (d) => `The run took longer than its limit of ${text(d['limitMs'], 'some')} ms and was stopped.`,
  },
  MUR_RUN_GIVEN_UP: {
    retry: 'no',
    told: 'person',
    message: (d) => `The run was begun ${text(d['starts'], 'many')} times and never came to an end, so it was given up.`,
  },
  MUR_TASK_UNKNOWN: {
    retry: 'no',
    told: 'person',
    message: (d) => `This was taken in by a newer version of Murmur (a task of the type "${text(d['type'], 'unknown')}"), and no process of that version did it within ${text(d['minutes'], 'some')} minutes. Ask again once the new version runs.`,
  },
  MUR_STORE_CONFLICT: {
    retry: 'once',
    told: 'operator',
    message: (d) => `Another process changed ${text(d['what'], 'the same row')} first.`,
  },
  MUR_STORE_DOWN: {
    retry: 'backoff',
    told: 'operator',
    message: (d) => `The database did not answer (${text(d['reason'], 'no answer')}). Check ${text(d['check'], 'DATABASE_URL or the data folder')}.`,
  },
  MUR_MEMORY_SPACE: {
    retry: 'no',
    told: 'operator',
    message: (d) =>
      `Expected vectors of ${text(d['stored'], 'the stored embedder')}, got ${text(d['given'], 'others')}. Set the former embedder again, or let the memory be embedded anew.`,
  },
  MUR_BACKUP_UNUSABLE: {
    retry: 'no',
    told: 'operator',
    message: (d) => `Expected ${text(d['wanted'], 'a backup')}, got ${text(d['found'], 'something else')}: ${text(d['file'], 'no file')}. ${text(d['hint'], 'Nothing was changed.')}`,
  },
  MUR_BUG: { retry: 'no', told: 'operator', message: (d) => `A rule of the program was broken: ${text(d['rule'], 'unknown')}.` },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

/** The one error class: decide by {@link code}, never by the message. */
export class MurmurError extends Error {
  override readonly name = 'MurmurError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(errorTable[code].message(details), options)
    this.code = code
    this.details = details
  }

  get retry(): Retry {
    return errorTable[this.code].retry
  }

  get told(): Told {
    return errorTable[this.code].told
  }
}

/** A stranger becomes a MUR_BUG with the original as its cause; our own errors pass unchanged. */
export function asMurmurError(error: unknown): MurmurError {
  if (error instanceof MurmurError) return error
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new MurmurError('MUR_BUG', { rule: `unexpected ${reason.slice(0, 300)}` }, { cause: error })
}
