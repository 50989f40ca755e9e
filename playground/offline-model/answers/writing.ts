import { keywordsOf } from '../keywords.ts'
import { capitalised, clipped, sentencesOf } from '../phrases.ts'
import type { Conversation } from '../read-conversation.ts'
import { subjectOf } from '../subject.ts'
import { mostTelling } from './most-telling.ts'

/** A draft of the kind that is asked for; or, where a text is given to work on, that text shortened or tidied. */
export function answerWriting(conversation: Conversation): string {
  const { asked } = conversation
  const given = givenText(asked)
  if (given !== undefined) return rework(asked, given)
  if (/\b(?:rewrite|rephrase|proofread|shorten|polish|edit|correct|improve)\b/i.test(asked))
    return reworkThread(conversation)
  if (/\b(?:poem|haiku|verse|limerick)s?\b/i.test(asked)) return poem(asked)
  if (/slogan|tagline|headline|subject line|title|\bnames?\b/i.test(asked)) return headlines(asked)
  if (/e-?mail|letter|reply|invitation|message to/i.test(asked)) return email(asked)
  if (/release notes|changelog/i.test(asked)) return releaseNotes(asked)
  return post(asked)
}

/** "Rewrite this" with nothing to rewrite means what was said last. */
function reworkThread(conversation: Conversation): string {
  const last = conversation.turns.at(-1)?.text ?? ''
  if (last.length >= 60) return rework(conversation.asked, last)
  return (
    'I see no text to work on yet. Paste it after a colon or in quotation marks, and say for whom it is and what '
    + 'should change.'
  )
}

function rework(asked: string, given: string): string {
  const sentences = sentencesOf(given)
  if (/short|summar|condense|tl;?dr|brief/i.test(asked)) {
    const kept = mostTelling(
      sentences.map((sentence, at) => ({ who: '', sentence, at })),
      Math.max(1, Math.ceil(sentences.length / 3)),
    )
    return `**Shorter**\n\n${kept.map(({ sentence }) => sentence).join(' ')}`
  }
  const tidy = sentences.map(tidied)
  const changed = tidy.filter((sentence, index) => sentence !== sentences[index]).length
  return (
    `**Tidied**\n\n${tidy.join(' ')}\n\n${changed} of ${sentences.length} sentences changed: filler words `
    + `and doubled spaces are gone, sentences begin with a capital.`
  )
}

function tidied(sentence: string): string {
  const plain = sentence
    .replace(/\b(?:very|really|basically|actually|just|quite|in order)\s+/gi, '')
    .replace(/\s{2,}/g, ' ')
    .trim()
  return capitalised(/[.!?…]$/.test(plain) ? plain : `${plain}.`)
}

/** Five lines, of the kind that is asked for: subjects of an e-mail, names, or slogans. */
function headlines(asked: string): string {
  const topic =
    subjectOf(asked)
      .replace(/^(?:a|an|the|your)\s+(?:new\s+)?/i, '')
      .replace(/\s+campaign$/i, '') || 'work'
  const title = capitalised(topic)
  const [other = 'time'] = keywordsOf(topic, 4).slice(-1)
  const lines = /subject lines?/i.test(asked)
    ? [
        `${title}: it starts here`,
        `Your ${topic} in one minute`,
        `Before ${topic} is over`,
        `Three reasons to look at ${topic}`,
        `${title}, without the noise`,
      ]
    : /\bnames?\b/i.test(asked)
      ? ['Bright', 'North', 'Open', 'Swift', 'Common'].map((word) => `${word} ${capitalised(other)}`)
      : [
          `${title}, without the noise`,
          `Less effort, more ${other}`,
          `${title} that thinks along`,
          `Ask once. ${title} answers.`,
          `The quiet way to ${other}`,
        ]
  return lines.map((line, index) => `${index + 1}. ${line}`).join('\n')
}

/** A short poem with the subject in its middle line. */
function poem(asked: string): string {
  const what = capitalised(wantIn(asked).replace(/^(?:a|an|the|our)\s+/i, ''))
  return ['Quiet morning light,', `${clipped(what, 60)} is waiting for us:`, 'one step, then the next.'].join('\n')
}

function email(asked: string): string {
  const isAbout = /\b(?:about|saying|that says|announcing|regarding|on|for)\s/i.test(asked)
  const what = isAbout ? clipped(wantIn(asked), 80) : '[what it is about]'
  const to =
    /\bto (?:the |our |my )?([\p{L} ]{2,30}?)(?=\s+(?:about|that|to|for|saying|on|asking)\b|[.,:;?!]|$)/iu.exec(
      asked,
    )?.[1]
  return [
    `**Subject**: ${clipped(capitalised(what), 70)}`,
    '',
    `Hello${to === undefined ? '' : ` ${to.trim()}`},`,
    '',
    `I am writing about ${what}.`,
    '',
    'What it means for you:',
    '- when it begins and who is concerned',
    '- what you need to do, and by when',
    '- whom to ask',
    '',
    'Please tell me by Friday if this does not work for you.',
    '',
    'Kind regards',
  ].join('\n')
}

function releaseNotes(asked: string): string {
  const points = keywordsOf(asked, 5).filter((word) => !/release|notes|changelog|version/i.test(word))
  return [
    '## What is new',
    ...points.map((point) => `- **${capitalised(point)}**: what changed, for whom, and what to do about it.`),
    '',
    '## Fixed',
    '- What went wrong, in the words of those who reported it.',
    '',
    '## Before you update',
    '- Nothing needs to be changed by hand, as far as is said here.',
  ].join('\n')
}

function post(asked: string): string {
  const what = clipped(wantIn(asked), 80)
  return [
    `## ${capitalised(what)}: what changes and why`,
    '',
    `Most days nobody thinks about ${what}. It only shows when it gets in the way, and that is when it costs the most.`,
    '',
    `That is why we are doing something about ${what} now.`,
    '',
    `The idea is simple: make ${what} easier for those who deal with it every day, and leave everybody else `
      + `alone. We begin small, look at what happens, and go on from there.`,
    '',
    `**What you can do**: try it, tell us where you stop, and say so early. Every remark about ${what} is read.`,
  ].join('\n')
}

/** What the request wants said, without the asking around it. */
function wantIn(asked: string): string {
  const about = /\b(?:about|saying(?: that)?|that says|announcing|for|on|regarding)\s+(.+)$/is.exec(asked)?.[1] ?? asked
  return about.split('\n')[0]?.replace(/[.!?\s]+$/, '') ?? about
}

/** A quotation, a code block, or what follows a colon and is long enough to be worked on. */
function givenText(asked: string): string | undefined {
  const quoted = /["“]([^"”]{60,})["”]/.exec(asked)?.[1] ?? /```\w*\n([\s\S]+?)```/.exec(asked)?.[1]
  const after = /:\s*\n?([\s\S]{80,})$/.exec(asked)?.[1]
  return (quoted ?? after)?.trim()
}
