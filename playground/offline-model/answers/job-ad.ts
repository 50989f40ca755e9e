import { capitalised } from '../phrases.ts'

/** A job ad for the role that a request names, with places for what nobody said; undefined where none is asked for. */
export function jobAdOf(asked: string): string | undefined {
  const role = /\bjob (?:ad|advert|description|posting|post)\w* for (?:an? |our |the )?([^,.:?!\n]{2,60})/i
    .exec(asked)?.[1]
    ?.trim()
  if (role === undefined) return undefined
  return [
    `## ${capitalised(role)} (all genders)`,
    '',
    `We are looking for a ${role} who likes to see their work used. [One sentence about the team and what it makes.]`,
    '',
    '**What you will do**',
    '- [The main task, in the words of those who do it today]',
    '- Decide with the team what comes next, and say no where it helps',
    '- Leave things easier to change than you found them',
    '',
    '**What you bring**',
    `- Experience as a ${role}, or work that shows the same`,
    '- Clear writing: most of our decisions are written',
    '',
    '**What you get**: [salary range], [place and hours], [one thing that is rare elsewhere].',
    '',
    '**How to apply**: three sentences and one piece of work to [address]. We answer within a week.',
  ].join('\n')
}
