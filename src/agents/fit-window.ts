import type { ChatMessage, ChatRequest, ModelProfile } from './chat-model.ts'
import { withoutImages } from './chat-images.ts'
import { estimateTokens } from './count-tokens.ts'

/** Roles and separators that a provider adds to each message. */
const tokensPerMessage = 8
/** The estimate is on the high side for all that people write; this is for the rest. */
const usableShare = 0.9
/** What is left of a result of an earlier round when room is short, and of any long text at the very end. */
const shortChars = 600
const cutNote = '\n[… cut to fit the model …]\n'
const droppedHistory: ChatMessage = { role: 'user', content: '(Earlier messages were left out to fit the model.)' }

/**
 * Makes a request fit the model's window, whatever the thread, mail, memory and tools have put into it. Given up first is what matters least:
 * results of tools from earlier rounds, then what was said before the request, then the newest results, then the longest texts lose their middle.
 * Calls of tools keep their results, as providers demand. A request that fits comes back as it is.
 */
export function fitWindow(request: ChatRequest, profile: Pick<ModelProfile, 'contextTokens' | 'maxOutputTokens'>): ChatRequest {
  const fixed = estimateTokens(JSON.stringify([request.tools ?? [], request.responseSchema ?? ''])) + withoutImages(request.messages).imageTokens
  const room = Math.floor(profile.contextTokens * usableShare) - Math.min(request.maxOutputTokens, profile.maxOutputTokens) - fixed
  // A byte is a token at most, so most requests fit at a glance.
  if (bytesOf(request.messages) + request.messages.length * tokensPerMessage <= room) return request
  const draft = new Draft(request.messages, Math.max(room, 200))
  return draft.fits ? request : { ...request, messages: draft.fitted() }
}

const bytesOf = (messages: readonly ChatMessage[]): number => messages.reduce((sum, message) => sum + Buffer.byteLength(textOf(message)), 0)

/** All that a message costs: what an assistant asked of tools counts too. */
const textOf = (message: ChatMessage): string =>
  message.role === 'assistant' && message.toolCalls ? `${message.content}${message.toolCalls.map(({ id, name, argumentsJson }) => `${id}${name}${argumentsJson}`).join('')}` : message.content

const tokensOf = (message: ChatMessage): number => estimateTokens(textOf(message)) + tokensPerMessage

class Draft {
  readonly #room: number
  #messages: ChatMessage[]
  #tokens: number[]
  #total: number

  constructor(messages: readonly ChatMessage[], room: number) {
    this.#messages = [...messages]
    this.#tokens = messages.map(tokensOf)
    this.#total = this.#tokens.reduce((sum, tokens) => sum + tokens, 0)
    this.#room = room
  }

  get fits(): boolean {
    return this.#total <= this.#room
  }

  fitted(): readonly ChatMessage[] {
    const lastRound = this.#messages.findLastIndex(({ role }) => role === 'assistant')
    this.#shorten((message, at) => message.role === 'tool' && at < lastRound)
    this.#dropHistory()
    this.#dropRounds()
    this.#shorten(({ role }) => role === 'tool')
    this.#shortenCalls()
    this.#cutLongest()
    return this.#messages
  }

  /** Oldest first, one at a time, as long as it takes. */
  #shorten(isMeant: (message: ChatMessage, at: number) => boolean): void {
    for (const [at, message] of this.#messages.entries()) {
      if (this.fits) return
      if (isMeant(message, at)) this.#replace(at, withContent(message, cutMiddle(message.content, shortChars)))
    }
  }

  /** What was said before the last words of a person; a system prompt stays. */
  #dropHistory(): void {
    const request = this.#messages.findLastIndex(({ role }) => role === 'user')
    const old = this.#messages.flatMap(({ role }, at) => (at < request && role !== 'system' && role !== 'tool' ? [at] : []))
    let dropped = 0
    for (const at of old) {
      if (this.fits) break
      this.#total -= this.#tokens[at] ?? 0
      dropped++
    }
    if (dropped === 0) return
    const gone = new Set(old.slice(0, dropped))
    this.#keep((_, at) => !gone.has(at))
    const first = this.#messages.findIndex(({ role }) => role !== 'system')
    this.#messages.splice(first, 0, droppedHistory)
    this.#count()
  }

  /** Whole rounds of tools, the oldest first, but for the last one. */
  #dropRounds(): void {
    while (!this.fits) {
      const rounds = this.#messages.flatMap((message, at) => (message.role === 'assistant' && message.toolCalls?.length ? [at] : []))
      const [begin = 0, end] = rounds
      if (end === undefined) return
      this.#keep((_, at) => at < begin || at >= end)
    }
  }

  /** What a call was given has done its work. */
  #shortenCalls(): void {
    for (const [at, message] of this.#messages.entries()) {
      if (this.fits) return
      if (message.role !== 'assistant' || !message.toolCalls) continue
      const toolCalls = message.toolCalls.map((call) => (call.argumentsJson.length > shortChars / 4 ? { ...call, argumentsJson: '{}' } : call))
      this.#replace(at, { ...message, toolCalls })
    }
  }

  /** The longest text loses half of what is too much, again and again: at most so often as halving takes. */
  #cutLongest(): void {
    for (let turn = 0; turn < 200 && !this.fits; turn++) {
      const at = this.#tokens.indexOf(Math.max(...this.#tokens))
      const message = this.#messages[at]
      if (!message || message.content.length <= cutNote.length * 2) return
      this.#replace(at, withContent(message, cutMiddle(message.content, Math.floor(message.content.length / 2))))
    }
  }

  #replace(at: number, message: ChatMessage): void {
    this.#total += tokensOf(message) - (this.#tokens[at] ?? 0)
    this.#messages[at] = message
    this.#tokens[at] = tokensOf(message)
  }

  #keep(isKept: (message: ChatMessage, at: number) => boolean): void {
    this.#messages = this.#messages.filter(isKept)
    this.#count()
  }

  #count(): void {
    this.#tokens = this.#messages.map(tokensOf)
    this.#total = this.#tokens.reduce((sum, tokens) => sum + tokens, 0)
  }
}

function withContent(message: ChatMessage, content: string): ChatMessage {
  return { ...message, content }
}

function cutMiddle(text: string, chars: number): string {
  if (text.length <= chars) return text
  const kept = Math.max(0, Math.floor((chars - cutNote.length) / 2))
  return `${text.slice(0, kept).toWellFormed()}${cutNote}${kept === 0 ? '' : text.slice(-kept).toWellFormed()}`
}
