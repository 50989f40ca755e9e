import type { Conversation } from '../read-conversation.ts'
import { subjectOf } from '../subject.ts'
import { answerPlanning } from './planning.ts'

/** User stories, a requirements page or a ranking where one is asked for; else a plan. */
export function answerProduct(conversation: Conversation): string {
  const { asked } = conversation
  if (/\buser stor(?:y|ies)\b|acceptance criteria/i.test(asked)) return userStories(subjectOf(asked))
  if (/\b(?:prd|requirements|one-pager|spec)\b/i.test(asked)) return requirements(subjectOf(asked))
  if (/\b(?:rice|prioriti[sz]e|rank)\b/i.test(asked)) return ranking
  return answerPlanning(conversation)
}

function userStories(what: string): string {
  return [
    `**User stories for ${what}**`,
    '',
    `1. As a **first-time user** I want to find ${what} where I need it, so that nobody has to show me.`,
    '   - Given I have never used it, when I open the page, then I see it without scrolling.',
    `2. As a **frequent user** I want ${what} to remember my last choices, so that the second time takes one click.`,
    '   - Given I used it before, when I use it again, then my choices are filled in.',
    `3. As an **administrator** I want to say who may use ${what}, so that data stays where it belongs.`,
    '   - Given somebody is not allowed, when they try, then they read why and whom to ask.',
    `4. As **anybody** I want to be told when ${what} fails, so that I do not wait for nothing.`,
    '   - Given it failed, when I look, then I see the reason and can try again.',
    '',
    '**Begin with** story 1: without it nobody gets to the others.',
  ].join('\n')
}

function requirements(what: string): string {
  return [
    `## ${what.charAt(0).toUpperCase()}${what.slice(1)}: requirements`,
    '',
    '- **Problem**: [who has it, how often, what it costs them today]',
    `- **Aim**: after ${what} is out, [one number] goes from [today] to [target] within a quarter.`,
    '- **In scope**: the shortest way for the most frequent case; an error message for every way it can fail.',
    '- **Out of scope**: settings, until somebody misses one.',
    '- **Release**: a tenth of users behind a switch, then all after a week without surprises.',
    '- **Open questions**: [what would change the plan if it were answered differently]',
  ].join('\n')
}

const ranking = [
  '**RICE**: reach x impact x confidence / effort, highest first.',
  '',
  '| Item | Reach (users a month) | Impact (0.25 to 3) | Confidence | Effort (weeks) | Score |',
  '|---|---:|---:|---:|---:|---:|',
  '| Example | 1,000 | 2 | 80 % | 4 | 400 |',
  '',
  'Paste the items with these four numbers, and rank by the score; argue only about neighbours.',
].join('\n')
