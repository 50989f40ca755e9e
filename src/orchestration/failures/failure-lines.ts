import type { FailureClass } from '../../storage/failure-class.ts'
import type { FailureKind, FailureTally } from '../../storage/failure-store.ts'
import { utcTime } from '../utc-time.ts'

interface Advice {
  readonly happened: string
  readonly cause: string
  readonly remedy: string
}

const advice: Readonly<Partial<Record<FailureClass, Advice>>> = {
  model_busy: { happened: 'the model provider asked to wait', cause: 'more calls than it allows, or a quota that is used up', remedy: 'Look at the limits and the account at the provider; a second provider in `models.json` takes over in such times.' },
  model_slow: { happened: 'the model did not answer in time', cause: 'an overloaded provider, or a slow model', remedy: '`/swarm models` shows the state of each; a faster one or another provider in `models.json` helps.' },
  model_down: { happened: 'the model provider could not be reached', cause: 'an outage there, or an address or a network that is wrong here', remedy: "Look at the provider's status page and `/swarm models`; a second provider in `models.json` takes over in such times." },
  model_refused: { happened: 'the model provider refused the call', cause: 'a key that is not valid any more, a model that this key may not use, or a rule on contents', remedy: 'Check the key and the name of the model with the provider.' },
  malformed: { happened: 'the model answered in a form that cannot be used', cause: 'a model that is too small for tools or structured answers, or a server that changed its form', remedy: 'Try another model for it; `/swarm models` lists what there is.' },
  empty: { happened: 'the model answered nothing', cause: 'a content filter, or an output limit that thinking used up', remedy: 'Try another model, or a larger limit of output at the provider.' },
  too_long: { happened: 'the request did not fit the model', cause: 'a window that is smaller than the catalogue says, or very long texts', remedy: 'Check `contextTokens` of the model in `models.json`.' },
  tool: { happened: 'a tool that the answer needed failed', cause: 'what the tool reaches is away or refuses', remedy: 'The log names the tool; without it the specialist says what is missing.' },
  timed_out: { happened: 'the run took longer than it may', cause: 'a slow model, many tool calls, or a request that is too large for one run', remedy: 'Ask for it in parts, or as a plan of several agents.' },
  crashed: { happened: 'the run took its process down again and again', cause: 'a lack of memory, or an error of ours', remedy: 'The log of the operator has it; the request is not tried again by itself.' },
  slack: { happened: 'Slack did not take what was said', cause: "a missing scope, or a channel that I may not write in", remedy: "Compare the app's scopes with `manifest.yml`, and invite me where I am asked." },
  agents_busy: { happened: 'all agents were at work and too many requests waited', cause: 'more requests at once than the limit allows', remedy: '`/swarm budget set concurrent` raises the limit.' },
  internal: { happened: 'something failed inside of me', cause: 'the store was away, or an error of ours', remedy: 'The log of the operator has it, under the code.' },
}

/** Whether admins are told: of money they are asked in the thread, and what people said of an answer is no failure of the system. */
export const isReported = (failureClass: FailureClass): boolean => advice[failureClass] !== undefined

export interface SetAside {
  readonly reader: string
  readonly eventType: string
  readonly errorCode: string
  readonly tries: number
}

/** What an admin is told of an event that something which follows the runs could not handle. */
export const describeSetAside = ({ reader, eventType, errorCode, tries }: SetAside, knownSinceMs: number | undefined): string =>
  [
    `:rotating_light: Something that follows the runs, \`${reader}\`, failed ${tries} times at an event (\`${eventType}\`, \`${errorCode}\`) and goes on without it.${knownBefore(knownSinceMs)}`,
    'Answers do not depend on it; what it keeps or learns may lack this event.',
    'The log of the operator has the error. It is tried once more at the next start.',
    notAgain,
  ].join('\n')

const notAgain = 'I will not say this again within 24 hours, however often it happens.'
const knownBefore = (sinceMs: number | undefined): string => (sinceMs === undefined ? '' : ` I told you of this kind before, ${utcTime(sinceMs)}.`)

/** What an admin is told of failures of one kind. @param knownSinceMs when they were told last of this kind */
export function describeFailures({ failureClass, errorCode, modelId }: FailureKind, { failed, ended, channels, firstAtMs }: FailureTally, knownSinceMs: number | undefined): string {
  const { happened, cause, remedy } = advice[failureClass] ?? { happened: 'something failed', cause: 'unknown', remedy: 'The log of the operator has it.' }
  const requests = failed === 1 ? 'A request could' : `${failed} requests could`
  const where = failed === 1 ? '' : ` in ${channels} ${channels === 1 ? 'channel' : 'channels'}`
  return [
    `:rotating_light: ${requests} not be answered${where}: ${happened} (\`${errorCode}\`${modelId === '' ? '' : `, model \`${modelId}\``}). Since ${utcTime(firstAtMs)}, ${ended - failed} of ${ended} requests ended otherwise.${knownBefore(knownSinceMs)}`,
    `Likely: ${cause}.`,
    `${remedy}`,
    notAgain,
  ].join('\n')
}
