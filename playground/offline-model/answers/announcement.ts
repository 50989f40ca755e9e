import { linesPattern } from '../lines-pattern.ts'
import { capitalised, clipped } from '../phrases.ts'

const asks = linesPattern(
  String.raw`
  \b(?:write|draft|prepare|make|create|compose|give|need|want|post)\b[^.:\n]{0,60}\bannouncement\b|
  ^\W{0,10}(?:please )?announce\b
`,
  'i',
)
/** What those who read it will want to know, by what the news is about. Nothing in it claims a fact nobody gave. */
const requests: readonly (readonly [news: RegExp, request: string])[] = [
  [/\b(?:closed?|closing|shut)\b/i, 'Please plan around it, and take along what you need beforehand.'],
  [/\b(?:maintenance|down|downtime|outage|offline|unavailable)\b/i, 'Please save your work and plan around it.'],
  [/\b(?:joins?|joined|joining|welcome|new colleague|hired?)\b/i, 'Please say hello and make them feel welcome!'],
  [/\b(?:leaves?|leaving|farewell|retires?)\b/i, 'Take the chance to say goodbye and thank you.'],
  [/\b(?:launch\w*|release\w*|new|live|available|feature)\b/i, 'Have a look, and tell us what you think.'],
  [/\b(?:mov(?:e[sd]?|ing)|postponed|resched\w+|chang\w+)\b/i, 'Please update your calendar and your plans.'],
  [/\b(?:party|lunch|dinner|event|meetup|offsite|meeting)\b/i, 'Let us know in this thread whether you can come.'],
]

/** An announcement of what a request says; undefined where none is asked for. */
export function announcementOf(asked: string): string | undefined {
  if (!asks.test(asked)) return undefined
  const news = newsIn(asked)
  const isFormal = /\bformal\b/i.test(asked) && !/\binformal\b/i.test(asked)
  const body = news ?? `[what is new about ${topicOf(asked)}, in one sentence]`
  const request = requests.find(([sign]) => sign.test(news ?? ''))?.[1] ?? 'Please share this with whoever should know.'
  return [
    `**${news === undefined ? `News about ${topicOf(asked)}` : headOf(news)}**`,
    '',
    isFormal ? 'Dear colleagues,' : 'Hi everyone! :wave:',
    '',
    `${isFormal ? 'Please note:' : 'A quick heads-up:'} ${body}. ${request}`,
    '',
    isFormal ? 'Questions are welcome in this thread. Kind regards' : 'Questions? Just ask in this thread. Thank you!',
  ].join('\n')
}

/** The news itself: what follows a colon, "that", "saying" or the verb. */
function newsIn(asked: string): string | undefined {
  const said =
    /:\s*\n?["“]?([^"”\n]{6,400})/.exec(asked)?.[1]
    ?? /\b(?:saying(?: that)?|that says|announcement that|announce that|to say that)\s+(.{6,400})/i.exec(asked)?.[1]
    ?? /^\W{0,10}(?:please )?announce\s+(.{6,400})/i.exec(asked)?.[1]
  return said?.trim().replace(/[.!?\s]+$/, '')
}

/** The first clause, without the reason or the place at its end. */
function headOf(news: string): string {
  const clause = news.split(/[.;,]\s|\s(?:because|due to|so that|for (?=\w+$))/)[0] ?? news
  return clipped(capitalised(clause.trim()), 80)
}

function topicOf(asked: string): string {
  const topic = /\bannouncement (?:about|for|of|on|regarding)\s+([^,.:\n]{2,80})/i.exec(asked)?.[1]
  return topic?.replace(/\b(?:our|my)\b/gi, 'our').trim() ?? 'this'
}
