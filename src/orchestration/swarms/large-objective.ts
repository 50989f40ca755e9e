/** Fewer things to hand over are one answer. */
const leastItems = 4
const leastVerbs = 3
const leastChars = 300
const maxReadChars = 20_000
/** Of the items, so many must begin by saying what to do. */
const leastShare = 0.8

/** How people begin to say what they want handed over. */
const deliverVerbs = new Set(
  (
    'analyse analyze assess benchmark budget build calculate check collect compare compile create define describe design develop document draft estimate evaluate explain ' +
    'find forecast formulate identify interview investigate list make map measure model outline plan prepare prioritise prioritize produce propose prototype recommend ' +
    'research review schedule set sketch specify suggest survey test translate validate work write'
  ).split(' '),
)
/** What is done to the list itself: then its items are material and no work of their own. */
const onText = /\b(?:summari[sz]e|sum up|translate|proofread|rewrite|rephrase|shorten|turn (?:this|these)|format|sort|rank|order|group|correct|review (?:this|these)|comment on|what (?:do|does|is|are)|which|why|how|explain|check (?:this|these)|here (?:is|are)|notes|minutes|agenda|to-?dos?|action items|backlog|tickets?|log|thread|e-?mail|transcript|feedback)\b/i
const item = /^\s*(?:[-*•–]|\(?\d{1,2}[.):]|\(?[a-h][.)])\s+(?<words>.+)$/
const inlineItem = /(?:^|[\s,;])\(?(?:\d{1,2}|[a-h])\)\s+(?<words>[^;\n]+?)(?=[,;]?\s+(?:and\s+)?\(?(?:\d{1,2}|[a-h])\)\s|[;.]?\s*$)/gim

/**
 * True for a request that is several pieces of work, each spelt out: it is done better by several agents after a plan. Says no
 * in doubt, because a single answer is what people expect: a list that is only material, such as notes to sum up, is none.
 */
export function isLargeObjective(text: string): boolean {
  const own = text.slice(0, maxReadChars).replaceAll(/```[\s\S]*?(?:```|$)/g, '\n').split('\n').filter((line) => !/^\s*(?:>|&gt;)/.test(line))
  if (own.join('\n').length < leastChars) return false
  const listed = own.flatMap((line) => item.exec(line)?.groups?.['words'] ?? [])
  const around = own.filter((line) => !item.test(line)).join('\n')
  if (listed.length > 0) return isDeliverables(listed) && isAimed(around)
  const inline = [...around.matchAll(inlineItem)].map(({ groups }) => groups?.['words'] ?? '')
  return isDeliverables(inline) && isAimed(around.replaceAll(inlineItem, ' '))
}

function isDeliverables(items: readonly string[]): boolean {
  const verbs = items.flatMap((words) => {
    const first = /^[*_]*(?:please\s+)?(?<verb>[a-z]+)\b/i.exec(words.trim())?.groups?.['verb']?.toLowerCase() ?? ''
    return deliverVerbs.has(first) ? [first] : []
  })
  return items.length >= leastItems && verbs.length >= items.length * leastShare && new Set(verbs).size >= leastVerbs
}

/** There are words beside the list, and they are no wish to do something to it. */
const isAimed = (around: string): boolean => /\p{L}{3,}\s+\p{L}{2,}/u.test(around) && !onText.test(around)
