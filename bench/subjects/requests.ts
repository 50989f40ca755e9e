import type { RecordedCall } from '../measure/call-recorder.ts'

/** How many model calls a run makes: words that are clear need no routing call, the others do. */
export type Shape = 'one agent' | 'route + specialist'

export const shapes: readonly Shape[] = ['one agent', 'route + specialist']

export const requests: Readonly<Record<Shape, string>> = {
  'one agent': 'Why does [1, 10, 2].sort() give 1, 10, 2 in JavaScript, and how do I fix this bug in my code?',
  'route + specialist': 'Could you have a look at this and tell me what you think?',
}

export const modelCallsOf: Readonly<Record<Shape, number>> = { 'one agent': 1, 'route + specialist': 2 }

export const isModelCall = ({ path }: RecordedCall): boolean => path.endsWith('/chat/completions')
