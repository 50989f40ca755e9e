import { hashText } from './hash-text.ts'

/** A side from which a matter can be looked at. */
export interface Viewpoint {
  readonly name: string
  readonly question: string
  /** Sentences with {what} for the matter. */
  readonly pro: string
  readonly con: string
}

export const viewpoints: readonly Viewpoint[] = [
  {
    name: 'cost',
    question: 'What does it cost to start, and what every month after?',
    pro: 'What {what} costs is known up front, while the cost of going on as before grows unseen.',
    con: 'The visible price of {what} is the small part; upkeep, training and switching are the large one.',
  },
  {
    name: 'speed',
    question: 'How soon does anybody notice a difference?',
    pro: '{what} brings a first result within weeks, and an early result is what teaches us the rest.',
    con: '{what} slows everybody down first, and the promised gain comes when priorities have changed.',
  },
  {
    name: 'risk',
    question: 'What is the worst that can happen, and can we undo it?',
    pro: '{what} can be tried in a small place and undone, so the risk is bounded.',
    con: 'Once many depend on {what} there is no way back, and the failure we fear is not in the plan.',
  },
  {
    name: 'people',
    question: 'Who has to change what they do each day?',
    pro: 'Those who do the work ask for {what} themselves, and that is the half of every change.',
    con: '{what} asks the most of those who gain the least from it.',
  },
  {
    name: 'quality',
    question: 'Will the result be better, and how would we see it?',
    pro: '{what} takes away the mistakes that we make again and again.',
    con: 'We have no measure for whether {what} improved anything, so it will be defended by opinion.',
  },
  {
    name: 'customers',
    question: 'What does a customer see of it?',
    pro: 'Customers feel the trouble that {what} removes, even if they never learn its name.',
    con: 'No customer has asked for {what}; the time would be missing where they did ask.',
  },
  {
    name: 'simplicity',
    question: 'Is there a smaller way to the same end?',
    pro: '{what} replaces several special cases by one rule that everybody can remember.',
    con: '{what} adds a part that can break; a smaller change gets most of the same.',
  },
  {
    name: 'evidence',
    question: 'What do we know, and what do we only believe?',
    pro: 'What data we have points towards {what}, and a short trial would settle the rest.',
    con: 'The case for {what} rests on examples picked because they worked.',
  },
  {
    name: 'the long run',
    question: 'Would we choose the same in two years?',
    pro: 'In two years we would be glad to have begun {what} today, for its gains add up.',
    con: "{what} fits today's problem; in two years we would be maintaining yesterday's answer.",
  },
  {
    name: 'focus',
    question: 'What do we not do if we do this?',
    pro: '{what} clears away the small decisions that eat our attention.',
    con: 'Every hour on {what} is taken from what already works and needs finishing.',
  },
]

/** The side from which a persona looks: the one it names, else one that depends on its text. */
export function viewpointOf(persona: string, offset = 0): Viewpoint {
  const named = viewpoints.findIndex(({ name }) =>
    new RegExp(
      `\\b(?:angle|viewpoint|perspective|lens|focus on|persona|stance|position)\\b[^.\\n]{0,40}\\b${name}\\b`,
      'i',
    ).test(persona),
  )
  const start = named === -1 ? hashText(persona) : named
  return viewpoints[(start + offset) % viewpoints.length] ?? noViewpoint
}

const noViewpoint: Viewpoint = {
  name: 'the whole',
  question: 'What is it good for?',
  pro: '{what} helps.',
  con: '{what} does not help.',
}
