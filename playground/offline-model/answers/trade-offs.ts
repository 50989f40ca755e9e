import { linesPattern } from '../lines-pattern.ts'
import { subjectOf } from '../subject.ts'

interface Sides {
  readonly about: RegExp
  readonly gains: readonly string[]
  readonly costs: readonly string[]
  readonly dependsOn: string
}

const words = linesPattern(
  String.raw`
  \b(?:trade-?offs?|pros and cons|pros & cons|advantages and disadvantages|benefits and (?:drawbacks|risks|costs)|
  upsides and downsides|arguments for and against)\b
`,
  'i',
)
const about = new RegExp(`${words.source}\\s+(?:of|in|with|about|for|between|when|to)\\s+([^\\n?!.]{2,120})`, 'i')

const known: readonly Sides[] = [
  {
    about: /(?:four|4)[- ]day/i,
    gains: [
      '**Rest and focus**: a third free day, fewer half-used Fridays.',
      '**Hiring**: an offer that stands out without costing salary.',
      '**Meetings**: less time forces the needless ones out.',
    ],
    costs: [
      '**Coverage**: customers write on five days, so days off must be staggered.',
      '**Pressure**: the same work in less time, or longer days.',
      '**Coordination**: fewer hours in which everybody is there.',
    ],
    dependsOn:
      'whether hours really go down (32) or are only squeezed (4 x 10), and on who must be reachable on the fifth day',
  },
  {
    about: /remote|home ?office|hybrid/i,
    gains: [
      '**Time**: no way to work, quiet hours for focused work.',
      '**Hiring**: people from everywhere.',
      '**Cost**: less office.',
    ],
    costs: [
      '**Learning**: newcomers pick up less by the way.',
      '**Writing**: what was said in passing must be written down.',
      '**Belonging**: it takes planned days together.',
    ],
    dependsOn: 'how much of the work is done alone, and on how well decisions are written down today',
  },
  {
    about: /micro-?services?/i,
    gains: [
      '**Teams** release on their own.',
      '**Load**: only the busy part grows.',
      '**Faults** stay in one part, where they are kept there on purpose.',
    ],
    costs: [
      '**Network**: calls fail, and data is consistent only later.',
      '**Operations**: tracing, versions and deployments for each part.',
      '**Changes** that cross borders take several releases.',
    ],
    dependsOn: 'the number of teams: below three a well-cut single program is usually quicker',
  },
  {
    about: /mono-?repo/i,
    gains: [
      '**One change** across all parts in one commit.',
      '**One set** of tools, versions and rules.',
      '**Finding**: all code in one search.',
    ],
    costs: [
      '**Builds** need caching, or they become slow.',
      '**Ownership** must be written down.',
      '**Access**: everybody sees everything.',
    ],
    dependsOn: 'how often changes cross the borders between parts',
  },
]

const general: Omit<Sides, 'about'> = {
  gains: [
    '**What gets better**: the one trouble of today that it takes away; name it, with a number.',
    '**What becomes possible** that is not today.',
    '**What it signals** to those who join or buy.',
  ],
  costs: [
    '**Time and money** to introduce it, and to keep it going.',
    '**What gets worse**: who has more work, or less freedom, through it.',
    '**The way back**: what is lost if it is undone after half a year.',
  ],
  dependsOn: 'how bad the trouble of today really is, and on who carries the costs',
}

/** Both sides of a matter and what decides between them; undefined where a request does not ask for them. */
export function tradeOffsIn(asked: string): string | undefined {
  if (!words.test(asked)) return undefined
  const what =
    about
      .exec(asked)?.[1]
      ?.replace(/\b(?:our|my)\b/gi, 'your')
      .trim() ?? subjectOf(asked)
  const { gains, costs, dependsOn } = known.find((one) => one.about.test(what)) ?? general
  return [
    `**Trade-offs of ${what}**`,
    '',
    '**What you gain**',
    ...gains.map((gain) => `- ${gain}`),
    '',
    '**What it costs**',
    ...costs.map((cost) => `- ${cost}`),
    '',
    `**It depends on** ${dependsOn}. A trial of a few weeks with one number agreed on `
      + `beforehand says more than a debate.`,
  ].join('\n')
}
