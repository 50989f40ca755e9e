import { expect, test } from '@jest/globals'
import { readSwarmWish } from '../../../src/orchestration/swarms/read-swarm-wish.ts'

test.each([
  ['have three agents debate whether we need an office', { topology: 'debate', agents: 3, objective: 'whether we need an office' }],
  ['Please let 5 agents compete on a tagline for our bakery', { topology: 'compete', agents: 5, objective: 'a tagline for our bakery' }],
  ['Could you have several specialists collaborate on the launch checklist?', { topology: 'collaborate', objective: 'the launch checklist?' }],
  ['get a team of four experts to debate: tea or coffee at the office?', { topology: 'debate', agents: 4, objective: 'tea or coffee at the office?' }],
  ['ask your agents to vote on the best date for the offsite', { topology: 'collaborate', objective: 'the best date for the offsite' }],
  ['Run a swarm on how we could halve our cloud bill', { objective: 'how we could halve our cloud bill' }],
  ['start a swarm of 12 agents about churn in Q3', { agents: 12, objective: 'churn in Q3' }],
  ['Hold a debate between two agents about monorepos in 3 rounds', { topology: 'debate', agents: 2, rounds: 3, objective: 'monorepos in 3 rounds' }],
  ['start a particle swarm for the shortest onboarding mail', { topology: 'particle', objective: 'the shortest onboarding mail' }],
  ['Let 100 agents work on the name of our product', { agents: 40, objective: 'the name of our product' }],
])('"%s" is a wish for a swarm', (text, wish) => {
  expect(readSwarmWish(text)).toEqual(wish)
})

test.each([
  'What is the capital of Australia?',
  'Summarise this thread',
  'Plan the launch of our newsletter in two weeks',
  'Why does `[1, 10, 2].sort()` give 1, 10, 2?',
  'Have the three agents of the insurer replied yet?',
  'I have three agents that compete on price; which one is best?',
  'How many agents do we need in the call centre on Mondays?',
  'Write a job description for support agents',
  'Let the agents know that the phones are down',
  'Let our agents decide about refunds up to 50 euros: write the policy',
  'Did three agents debate this before?',
  'Which specialists should debate on our panel in May?',
  'Have you seen agents debate like this?',
  'Explain how agents compete in an auction',
  'Ask three agents for quotes on the office insurance',
  'Get two agents on the phone',
  'Let three people compete for the tagline prize: write the rules',
  'Translate "have three agents debate whether" into German',
  'Draft a mail: have three agents debate the new shift plan, says the boss',
  'What does "swarm" mean in agile?',
  'Is Docker Swarm still maintained?',
  'Start a Docker swarm on three nodes: which commands?',
  'How do I start a swarm in Docker?',
  'Our agents work on tickets; make a table of the queue times',
  'Make several experts happy: ideas for a dinner?',
  'Make our specialists a nice certificate text',
  'Have a look at the debate between the two candidates',
  'Start a debate club: what do we need?',
  'Hold a debate about remote work at the all-hands: agenda?',
  'Run a competition for the best photo: write the rules',
  'Open a collaboration space for the design team',
  'Compare three travel agents for our trip',
  'Who won the debate?',
  'Two agents argue in this transcript. Who is right?',
  'The specialists compete for budget; how do we make it fair?',
  'Experts debate whether AI is dangerous. Give me both sides.',
  'Let us work on the agents page together',
  'Have three agents',
  'Have three agents debate',
  'can you work with experts?',
])('"%s" is an ordinary request', (text) => {
  expect(readSwarmWish(text)).toBeUndefined()
})

test('reads a long text of nothing but beginnings at once', () => {
  expect(readSwarmWish(`${'please hey '.repeat(20_000)}have agents`)).toBeUndefined()
})
