import { linesPattern } from './lines-pattern.ts'
import { overlapOf, stemsOf, wordsOf } from './words.ts'

/** The fields in which the offline model has something to say. */
export type Field = 'data' | 'code' | 'research' | 'writing' | 'planning' | 'support' | 'general'

interface Cues {
  /** Finds the field in the name of a specialty. */
  readonly name: RegExp
  /** Finds it in what a person asks. */
  readonly request: RegExp
}

/** In order of precedence where a name would fit two of them ("data engineer" is about data). */
export const fieldCues: Readonly<Record<Exclude<Field, 'general'>, Cues>> = {
  data: {
    name: /data|analy[sz]|statist|quant|finance/i,
    request: linesPattern(
      String.raw`
        \b(data|csv|averages?|mean|median|sums?|totals?|percent(age)?s?|charts?|statistics?|numbers?|calculate|
        how much|how many|metrics?|kpis?|revenue|sales|trends?|conversion|growth|forecast|outliers?|churn)\b|
        \d\s*[+*/×÷^]\s*\d|\d\s*%
      `,
      'gi',
    ),
  },
  code: {
    name: /engineer|develop|program|code|coding|software/i,
    request: linesPattern(
      String.raw`
        \x60{3}|\b(functions?|code|bugs?|typescript|javascript|python|rust|java|sql|apis?|regex|stack ?traces?|
        exceptions?|refactor|compile|unit tests?|class|docker|git|algorithms?|implement|scripts?|loops?|arrays?|
        promises?|async|endpoints?|null|undefined|typeerror|debug|deploy)\b
      `,
      'gi',
    ),
  },
  planning: {
    name: /plan|project|coordinat|manag|organi[sz]/i,
    request: linesPattern(
      String.raw`
        \b(plans?|roadmap|schedules?|timeline|milestones?|launch|organi[sz]e|agenda|sprint|prioriti[sz]e|
        deadlines?|steps|migrat\w+|rollout|weeks?|project|next quarter|kick-?off|onboarding)\b
      `,
      'gi',
    ),
  },
  support: {
    name: /support|help ?desk|service|troubleshoot/i,
    request: linesPattern(
      String.raw`
        \b(can'?t|cannot|not working|doesn'?t work|broken|password|log ?in|logged out|vpn|wi-?fi|printer|
        install|account|refunds?|invoice|troubleshoot|locked|access|reset|slow|stuck|crash(es|ed)?|support|
        customer|tickets?|error message)\b
      `,
      'gi',
    ),
  },
  writing: {
    name: /writ|edit|content|copy|author/i,
    request: linesPattern(
      String.raw`
        \b(write|draft|e-?mails?|blog|posts?|announce(ment)?|rewrite|rephrase|proofread|headlines?|tone|letter|
        newsletter|release notes|slogans?|taglines?|shorten|polish|wording|paragraphs?|story|invitation|
        poems?)\b
      `,
      'gi',
    ),
  },
  research: {
    name: /research|investigat|librar|scien/i,
    request: linesPattern(
      String.raw`
        \b(research|find out|compare|comparison|sources?|evidence|stud(y|ies)|history of|what (is|are)|who (is|
        was)|why|explain|background|state of the art|alternatives?|differences?|look up|https?)\b
      `,
      'gi',
    ),
  },
}

const fields = Object.keys(fieldCues) as (keyof typeof fieldCues)[]

/** The field that a specialty's name or a prompt's first words stand for. */
export function fieldNamed(name: string): Field {
  return fields.find((field) => fieldCues[field].name.test(name)) ?? 'general'
}

/** How strongly a request sounds like a field: the number of different cue words in it. */
export function cueCount(field: Field, text: string): number {
  if (field === 'general') return 0
  const count = new Set(text.match(fieldCues[field].request)?.map((cue) => cue.toLowerCase())).size
  // A sum to work out is as clear a sign as there is, though it be short.
  return field === 'data' && /\d\s*%\s*of\b|\d\s*[+*/×÷^]\s*\d/.test(text) ? count + 2 : count
}

/** The field that a request sounds most like. */
export function fieldOf(text: string): Field {
  const counts = fields
    .map((field) => ({ field, count: cueCount(field, text) }))
    .sort((one, other) => other.count - one.count)
  const best = counts[0]
  return best !== undefined && best.count > 0 ? best.field : 'general'
}

/** What people say when they want one of the ways a swarm works, or one of the parts of a recipe changed. */
const otherCues: readonly (readonly [name: RegExp, request: RegExp])[] = [
  [/^debate/i, /\b(should we|should i|debate|pros and cons|argue|versus|vs|or not|for and against|is it better)\b/gi],
  [/^compet/i, /\b(best of|best|slogans?|taglines?|names?|variants?|headlines?|compete|contest)\b/gi],
  [/^collaborat/i, /\b(agree|consensus|together|vote|decide|choose|opinions?|collaborate)\b/gi],
  [/^plan/i, /\b(plan|build|launch|organi[sz]e|steps|project|roadmap|migrat\w+|prepare)\b/gi],
  [/^particle/i, /\b(optimi[sz]e|explore|brainstorm|tune|search for|many ideas|refine)\b/gi],
  [/^auto/i, /\b(until (it is )?done|keep going|autonomous(ly)?|on your own|by yourself|work through)\b/gi],
  [
    /format|style|layout/i,
    /\b(tables?|bullets?|bullet points?|lists?|markdown|headings?|format(ted)?|layout|numbered|emojis?)\b/gi,
  ],
  [/model/i, /\b(model|smarter|cheaper|faster|better quality|too slow|too expensive)\b/gi],
  [/tool/i, /\b(tools?|calculator|web|fetch|search|look up)\b/gi],
  [
    /guidance|instruction|prompt/i,
    /\b(shorter|longer|brief|concise|detail(ed)?|tone|examples?|always|never|formal|friendly|simpler)\b/gi,
  ],
  [/critical|urgent/i, /\b(outage|down|emergency|asap|immediately|production is)\b/gi],
  [/high|hard|complex/i, /\b(urgent(ly)?|important|soon|today|quickly|complex|difficult|architecture|deep)\b/gi],
  [/^low|trivial|easy|simple/i, /\b(whenever|no hurry|someday|low priority|simple|small|quick)\b/gi],
  [/negative|unhappy|bad/i, /\b(wrong|bad|useless|terrible|disappointed|not good|hate)\b/gi],
  [/positive|happy|good/i, /\b(great|thanks|perfect|good|love|excellent)\b/gi],
]

/** How well the name and description of an option fit a request: cue words count most, shared words less. 0 or more. */
export function relevanceOf(
  option: string,
  description: string,
  request: string,
  requestStems: ReadonlySet<string>,
): number {
  const name = option.replace(/[_-]/g, ' ')
  const field = fieldNamed(name)
  let score = 2 * cueCount(field, request)
  for (const [names, cues] of otherCues) {
    if (names.test(option)) score += 2 * new Set(request.match(cues)?.map((cue) => cue.toLowerCase())).size
  }
  score += 3 * overlapOf(stemsOf(name), requestStems)
  score += overlapOf(stemsOf(description), requestStems)
  return score
}

/** Whether a name stands for "whoever takes what nobody else takes". */
export function isGeneral(name: string): boolean {
  return /general|default|other|normal|medium|neutral|none/i.test(name)
}

export function wordCount(text: string): number {
  return wordsOf(text).length
}
