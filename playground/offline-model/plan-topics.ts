import type { Field } from './fields.ts'
import { fieldOf } from './fields.ts'
import { clipped } from './phrases.ts'
import type { Conversation } from './read-conversation.ts'
import { subjectOf } from './subject.ts'

const templates: Readonly<Partial<Record<Field, readonly string[]>> & { general: readonly string[] }> = {
  data: [
    'Collect and check the numbers about {what}',
    'Calculate the key figures of {what}',
    'Explain what the figures on {what} mean and recommend',
  ],
  code: [
    'Design the solution for {what}',
    'List the tests and edge cases of {what}',
    'Put design and tests together into one implementation of {what}',
  ],
  research: [
    'Research what is known about {what}',
    'Compare the options for {what}',
    'Write the findings on {what} with a recommendation',
  ],
  writing: [
    'Research the audience and the facts for {what}',
    'Draft the text about {what}',
    'Edit the draft and join facts and text into the final version of {what}',
  ],
  planning: [
    'Research constraints and risks of {what}',
    'Plan milestones and owners for {what}',
    'Write the plan for {what} from milestones and risks',
  ],
  support: [
    'Collect symptoms and recent changes around {what}',
    'List likely causes of the trouble with {what}',
    'Write the steps that solve {what}',
  ],
  general: [
    'Clarify goal and constraints of {what}',
    'Collect facts and options for {what}',
    'Combine the results into one answer about {what}',
  ],
}

/** Two to four pieces of work for a request, named after it. What the request lists itself comes first. */
export function planTopics(conversation: Conversation): string[] {
  const own = listedParts(conversation.asked)
  if (own.length >= 2) return [...own.slice(0, 3), 'Combine the results into one answer']
  const field = fieldOf(conversation.asked)
  const chosen = templates[field === 'general' ? conversation.field : field] ?? templates.general
  return chosen.map((template) => template.replace('{what}', subjectOf(conversation.asked)))
}

/** "1. ... 2. ..." or "- ..." lines of a request. */
function listedParts(asked: string): string[] {
  return [...asked.matchAll(/(?:^|\n)[ \t]*(?:[-*•]|\d+[.)])\s+(.+)/g)].map((match) =>
    clipped((match[1] ?? '').trim(), 120),
  )
}
