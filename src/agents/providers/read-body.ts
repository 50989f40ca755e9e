import { MurmurError } from '../../errors.ts'
import type { CallWatch } from './call-watch.ts'

/** One reply's characters; far above any model's longest answer. */
const maxReplyCharacters = 16_000_000
const drainMs = 1_000

/**
 * Hands on a response's text as it comes; every piece is a sign of life for the watch.
 * @param onPiece returns true when nothing more needs to be read
 * @throws {MurmurError} MUR_MODEL_MALFORMED for more than 16,000,000 characters
 */
export async function readBody(
  response: Response,
  watch: CallWatch,
  onPiece: (text: string) => boolean,
): Promise<void> {
  watch.refresh()
  if (!response.body) return
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let characters = 0
  let isEnough = false
  try {
    while (!isEnough) {
      const { done, value } = await reader.read()
      if (done) return
      watch.refresh()
      const text = decoder.decode(value, { stream: true })
      characters += text.length
      if (characters > maxReplyCharacters) throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'too long' })
      isEnough = onPiece(text)
    }
  } catch (error) {
    reader.cancel().catch(() => undefined)
    throw error
  }
  void drain(reader)
}

/** @throws {MurmurError} MUR_MODEL_MALFORMED */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new MurmurError('MUR_MODEL_MALFORMED', { reason: 'not JSON' }, { cause: error })
  }
}

/**
 * Reads what follows the end mark, which should be nothing: a connection whose answer was read to its end is used
 * again.
 */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => {
    reader.cancel().catch(() => undefined)
  }, drainMs)
  timer.unref()
  try {
    for (let pieces = 0; pieces < 16 && !(await reader.read()).done; pieces++);
    await reader.cancel()
  } catch {
    // The answer is already complete; a connection that breaks now is just not used again.
  } finally {
    clearTimeout(timer)
  }
}
