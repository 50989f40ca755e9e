import type { Member, SwarmEvent } from './topology.ts'
import { absenceWords } from './absence-words.ts'

export interface TranscriptHead {
  readonly title: string
  readonly objective: string
  readonly members: readonly Member[]
}

/** Far more than a swarm says; only a bound. */
const mostChars = 4_000_000

/** All that was said in a swarm, as a Markdown file. */
export class Transcript {
  readonly #parts: string[]
  #chars = 0

  constructor({ title, objective, members }: TranscriptHead) {
    const seats = members.map(({ id, name, role }) => `- ${id}: ${name}${role === '' ? '' : `, ${role}`}`)
    this.#parts = [`# ${title}`, objective, '## Who took part', seats.join('\n')]
  }

  add(event: SwarmEvent): void {
    const text = describe(event)
    this.#chars += text.length
    if (text !== '' && this.#chars <= mostChars) this.#parts.push(text)
  }

  /** @param ending what the thread says of the result */
  finish(ending: string): Uint8Array {
    return Buffer.from(`${[...this.#parts, ending].join('\n\n')}\n`)
  }
}

function describe(event: SwarmEvent): string {
  switch (event.kind) {
    case 'round':
      return `## Round ${event.round} of ${event.of}${event.doing === '' ? '' : `: ${event.doing}`}`
    case 'turn':
      return `### ${event.member.name} (${event.key})\n\n${event.text}`
    case 'note':
      return event.text
    case 'absent':
      return `_${event.member.name} (${event.key}): ${absenceWords[event.reason]}._`
    case 'list':
    case 'picture':
      return ''
  }
}
