import { make } from './make.ts'
import { openPopover } from './popover.ts'
import { readText, type Json } from './read-json.ts'

interface FaultChoice {
  readonly label: string
  readonly fault: Json
}

const choices: readonly FaultChoice[] = [
  {
    label: 'Rate limit the next post (429, Retry-After 2 s)',
    fault: { method: 'chat.postMessage', kind: 'rate_limited', retryAfterSeconds: 2 },
  },
  {
    label: 'Rate limit the next stream part (429)',
    fault: { method: 'chat.appendStream', kind: 'rate_limited', retryAfterSeconds: 1 },
  },
  { label: 'Slack answers 500 to the next post', fault: { method: 'chat.postMessage', kind: 'http_500' } },
  {
    label: 'Next post lands, its answer is lost',
    fault: { method: 'chat.postMessage', kind: 'disconnect', afterEffect: true },
  },
  { label: 'Next call of any kind hangs', fault: { method: '*', kind: 'hang' } },
  {
    label: 'Streaming is not allowed (missing_scope)',
    fault: { method: 'chat.startStream', kind: 'error', error: 'missing_scope' },
  },
  {
    label: 'Streaming is unknown (unknown_method)',
    fault: { method: 'chat.startStream', kind: 'error', error: 'unknown_method' },
  },
  { label: 'Next stream expires', fault: { kind: 'stream_expired' } },
  {
    label: 'Streamed answer is too long (msg_too_long)',
    fault: { method: 'chat.appendStream', kind: 'error', error: 'msg_too_long' },
  },
  {
    label: 'Blocks are too long (msg_blocks_too_long)',
    fault: { method: 'chat.postMessage', kind: 'error', error: 'msg_blocks_too_long' },
  },
  {
    label: 'Personas are not allowed (missing_scope)',
    fault: { method: 'chat.postMessage', kind: 'error', error: 'missing_scope' },
  },
  { label: 'Next event is delivered twice', fault: { kind: 'duplicate_delivery' } },
]

const repeats: readonly (readonly [string, number])[] = [
  ['once', 1],
  ['3 times', 3],
  ['until cleared', 10_000],
]

/** What the panel does with the workspace. */
export interface FaultHandlers {
  readonly list: () => readonly Json[]
  readonly add: (fault: Json) => Promise<void>
  readonly clear: () => Promise<void>
}

/** Opens the panel of fault switches: what goes wrong next between the workspace and the app. */
export function openFaultPanel(anchor: HTMLElement, handlers: FaultHandlers): void {
  const active = make('ul', { class: 'fault-list', 'aria-label': 'Faults switched on' })
  const times = make(
    'select',
    { class: 'select', 'aria-label': 'How often' },
    ...repeats.map(([label, count]) => make('option', { value: count }, label)),
  )
  const paint = (): void => {
    const faults = handlers.list()
    active.replaceChildren(
      ...(faults.length === 0 ? [make('li', { class: 'empty' }, 'No fault is switched on.')] : faults.map(renderFault)),
    )
  }
  const change = async (work: Promise<void>): Promise<void> => {
    await work
    paint()
  }
  const add = (fault: Json) => (): void => void change(handlers.add({ ...fault, times: Number(times.value) }))
  const buttons = choices.map(({ label, fault }) =>
    make('button', { type: 'button', class: 'menu-item', onclick: add(fault) }, label),
  )
  paint()
  openPopover(
    anchor,
    'Fault switches',
    make(
      'div',
      { class: 'fault-panel' },
      make('h3', {}, 'Fault switches'),
      make('p', { class: 'hint' }, 'What goes wrong next between the workspace and the app.'),
      make('label', { class: 'fault-times' }, 'It happens ', times),
      ...buttons,
      make('h4', {}, 'Switched on'),
      active,
      make('button', { type: 'button', class: 'button', onclick: () => void change(handlers.clear()) }, 'Clear all'),
    ),
  )
}

function renderFault(fault: Json): HTMLElement {
  const what = [readText(fault['method']), readText(fault['kind']), readText(fault['error'])]
    .filter((one) => one !== '')
    .join(' · ')
  return make('li', {}, make('code', {}, what), ` ${describeTimes(Number(fault['times'] ?? 1))}`)
}

function describeTimes(times: number): string {
  return times > 1000 ? 'until cleared' : times === 1 ? 'once' : `${times} times`
}
