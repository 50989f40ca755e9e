import { inlineCodeIn } from './inline-code.ts'
import { linesPattern } from './lines-pattern.ts'

/** The fields that the offline model tells apart. */
export type Field =
  | 'finance'
  | 'legal'
  | 'translation'
  | 'marketing'
  | 'product'
  | 'design'
  | 'data'
  | 'code'
  | 'planning'
  | 'support'
  | 'writing'
  | 'research'
  | 'general'

interface Cues {
  /** Finds the field in the name of a specialty. */
  readonly name: RegExp
  /** Words of a request that point to the field and to no other. */
  readonly strong: string
  /** Words that many requests hold; they count half, or a quarter where they only ask. */
  readonly weak?: string
}

const asking = /^(what (is|are)|who (is|was)|why|how (much|many)|explain)$/i

/**
 * In order of precedence where a name would fit two of them: a finance analyst is about money, a data engineer about
 * data.
 */
const cues: Readonly<Record<Exclude<Field, 'general'>, Cues>> = {
  finance: {
    name: /financ|account|controller|treasur/i,
    strong: String.raw`budgets?|runway|burn|variance|actuals|cash ?flow|p&l|margins?|roi|break-?even|tax(es)?|
      unit economics|npv|depreciation|quarterly results|invoices?`,
    weak: 'costs?|prices?|pricing|revenue|forecast',
  },
  legal: {
    name: /legal|lawyer|counsel|complian/i,
    strong: String.raw`nda|gdpr|contracts?|clauses?|licen[cs]es?|privacy policy|terms of (service|use)|complian(t|ce)|
      liabilit(y|ies)|legal(ly)?|indemn\w+|dpa|copyright|trademark`,
    weak: 'policy|risks?|allowed',
  },
  translation: {
    name: /translat|interpret|locali[sz]/i,
    strong: String.raw`translat(e|ion|ed)|say this|german|french|spanish|portuguese|italian|dutch|japanese|chinese|
      korean|      polish version|swedish|turkish|arabic`,
  },
  marketing: {
    name: /market(?:er|ing)|growth|brand|campaign/i,
    strong: String.raw`campaigns?|subject lines?|target audience|linkedin|ads?|adverts?|seo|landing page|positioning|
      brand|social media|black friday|value proposition|call to action`,
    weak: 'slogans?|taglines?|audience|newsletter|launch',
  },
  product: {
    name: /product manag|product owner/i,
    strong: String.raw`prd|user stor(y|ies)|backlog|feature requests?|requirements|acceptance criteria|mvp|personas?|
      user research`,
    weak: 'roadmap|features?|product|prioriti[sz]e',
  },
  design: {
    name: /design|ux\b/i,
    strong: String.raw`layout|ui|ux|usability|mock-?ups?|wireframes?|figma|colou?rs?|fonts?|typography|icons?|cluttered|
      contrast|accessib\w+|empty state`,
    weak: 'design|forms?|screens?|buttons?|page',
  },
  data: {
    name: /data|analy[sz]|statist|quant/i,
    strong: String.raw`data|csv|averages?|mean of|median|sums?|totals?|percent(age)?s?|charts?|statistics?|calculate|
      metrics?|kpis?|trends?|conversion|outliers?|churn|a\/b test|significant|cohorts?|funnel|retention|dashboard|
      active users|sales`,
    weak: 'numbers?|how much|how many|growth|gr[eo]w|fastest|revenue|forecast|sql',
  },
  code: {
    name: /engineer|develop|program|code|coding|software/i,
    strong: String.raw`functions?|code|bugs?|typescript|javascript|python|rust|java|sql|apis?|regex|stack ?traces?|
      exceptions?|refactor|compile|unit tests?|docker|git|algorithms?|pull requests?|ci|build fails|commit|loops?|
      arrays?|promises?|async|endpoints?|undefined|typeerror|debug|deploy`,
    weak: 'class|implement|scripts?|null|upgrade|build|throws?|query|review',
  },
  planning: {
    name: /plan|project|coordinat|manag|organi[sz]/i,
    strong: String.raw`plans?|roadmap|schedules?|timeline|milestones?|organi[sz]e|agenda|sprint|deadlines?|migration|
      rollout|next quarter|kick-?off|onboarding|owners|next steps|offsite|tasks`,
    weak: 'launch|prioriti[sz]e|steps|weeks?|project|migrat\\w+',
  },
  support: {
    name: /support|help ?desk|service|troubleshoot/i,
    strong: String.raw`can'?t|cannot|not working|doesn'?t work|broken|password|log ?in|logged out|vpn|wi-?fi|printer|
      refunds?|troubleshoot\w*|locked|tickets?|error message|notifications?|stuck|complain\w*`,
    weak: 'install|account|access|reset|slow|crash(es|ed)?|support|customers?|invoices?',
  },
  writing: {
    name: /writ|edit|content|copy|author/i,
    strong: String.raw`e-?mails?|blog|posts?|announce(ments?)?|rewrite|rephrase|proofread|headlines?|tone|letter|
      newsletter|release notes|slogans?|taglines?|shorten|polish|wording|paragraphs?|story|
      invitation|poems?|haikus?|friendlier|names? for|job ads?|job descriptions?`,
    weak: 'write|draft|text|guide',
  },
  research: {
    name: /research|investigat|librar|scien/i,
    strong: String.raw`research|find out|compare|comparison|sources?|evidence|stud(y|ies)|history of|background|
      state of the art|alternatives?|differences?|trade-?offs?|pros and cons|versus|look up|https?|competitors?`,
    weak: 'what (is|are)|who (is|was)|why|explain',
  },
}

interface Compiled {
  readonly field: Exclude<Field, 'general'>
  readonly strong: RegExp
  readonly weak: RegExp | undefined
}

const compiled: readonly Compiled[] = Object.entries(cues).map(([field, { strong, weak }]) => ({
  field: field as Exclude<Field, 'general'>,
  strong: linesPattern(String.raw`\b(?:${strong})\b`, 'gi'),
  weak: weak === undefined ? undefined : linesPattern(String.raw`\b(?:${weak})\b`, 'gi'),
}))

/** The field that a specialty's name or a prompt's first words stand for. */
export function fieldNamed(name: string): Field {
  return compiled.find(({ field }) => cues[field].name.test(name))?.field ?? 'general'
}

/** How much a request sounds like a field: 1 for each different cue, less for those that say little. */
export function cueScore(field: Field, text: string): number {
  const own = compiled.find((one) => one.field === field)
  if (own === undefined) return 0
  const score = different(text, own.strong).size + weakScore(text, own.weak)
  // Code and sums are as clear a sign as there is, though they be short.
  if (field === 'code' && text.includes('```')) return score + 2
  if (field === 'code' && inlineCodeIn(text) !== undefined) return score + 3
  return field === 'data' && /\d\s*%\s*of\b|\d\s*[+*/×÷^]\s*\d|\d\s*%/.test(text) ? score + 2 : score
}

/** The field that a request sounds most like. */
export function fieldOf(text: string): Field {
  let best: Field = 'general'
  let most = 0.3
  for (const { field } of compiled) {
    const score = cueScore(field, text)
    if (score <= most) continue
    best = field
    most = score
  }
  return best
}

function different(text: string, pattern: RegExp): Set<string> {
  return new Set(text.match(pattern)?.map((cue) => cue.toLowerCase()))
}

function weakScore(text: string, pattern: RegExp | undefined): number {
  if (pattern === undefined) return 0
  return [...different(text, pattern)].reduce((sum, cue) => sum + (asking.test(cue) ? 0.25 : 0.5), 0)
}
