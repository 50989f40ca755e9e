import { createHash } from 'node:crypto'
import type { Request } from '../../storage/records.ts'

/** Longer ones are hardly asked twice word for word. */
const maxChars = 1_000
const word = (source: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])`, 'iu')
/** Whose answer is another one tomorrow, or in an hour. In the languages that are asked most; what is missed here still ends with its day. */
const passing = [
  'now|today|tonight|tomorrow|yesterday|currently?|latest|newest|recent(?:ly)?|so far|this (?:morning|afternoon|evening|week|month|quarter|year)|(?:last|next|past) (?:\\w+ )?(?:minutes?|hours?|days?|weeks?|months?|quarter|years?)',
  'news|weather|forecast|stock|status|progress|deadlines?|upcoming|ongoing|what time|which day|what day|how long (?:until|since|ago)|ago|still|yet',
  'jetzt|heute|morgen|gestern|aktuell\\w*|neueste\\w*|derzeit|diese[rsn]? (?:woche|monat|jahr)|wetter',
  'ahora|hoy|mañana|ayer|actual(?:mente)?|maintenant|aujourd[’\']hui|demain|hier|actuel(?:le)?(?:ment)?',
].join('|')
const isPassing = word(passing)
/** Who asks is part of the question. */
const isPersonal = word("i|i[’']m|i[’']ve|me|my|mine|myself|we|us|our|ours|ich|mich|mir|mein\\w*|wir|uns|unser\\w*|je|moi|mon|ma|mes|nous|notre|yo|mi|mis|nosotros|nuestr\\w*")
/**
 * What makes two requests the same question at the same place: workspace aside its channel, for direct messages and for questions that speak
 * of the asker also the person, and its words without case, space and the punctuation around them. Never by likeness.
 * @returns undefined for a request whose answer depends on anything else: a thread, files, time, or how it was asked
 */
export function questionKeyOf(request: Request): string | undefined {
  const { text, files, isReply, isTextKept, isFresh, forcedSpecialtyId, needs = [], scheduled, swarm, surface, channelId, userId, replyUrl } = request
  if (isReply || isTextKept === true || isFresh === true || files.length > 0) return undefined
  if (forcedSpecialtyId !== undefined || needs.length > 0 || scheduled || swarm || surface === 'command' || replyUrl !== undefined) return undefined
  // In code case and space mean something, and a link is another page each day.
  if (text.length > maxChars || /`|https?:|<[#!]/.test(text) || isPassing.test(text)) return undefined
  const words = normalise(text)
  if (words === '') return undefined
  const isOnes = surface !== 'mention' || isPersonal.test(text)
  return createHash('sha256').update(JSON.stringify([channelId, isOnes ? userId : '', words])).digest('base64url')
}

const normalise = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{Cf}\p{Cc}\s]+/gu, ' ')
    .replaceAll(/(?<=^|\s)["'“”„‘’«»()[\]¿¡]+|["'“”„‘’«»()[\].,;:!?…]+(?=\s|$)/gu, '')
    .replaceAll(/ +/g, ' ')
    .trim()
