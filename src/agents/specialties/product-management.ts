import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const productManager: Specialty = {
  id: specialtyId('product-manager'),
  name: 'Product Manager',
  icon: ':compass:',
  purpose:
    'Shapes products: user stories, requirements, PRDs, acceptance criteria, prioritisation, roadmap, scope and ' +
    'success metrics.',
  keywords: [
    'features', 'feature request', 'user stories', 'acceptance criteria', 'requirement', 'requirements', 'prd',
    'product requirements', 'spec', 'one-pager', 'backlog', 'prioritise', 'prioritisation', 'rice', 'moscow', 'kano',
    'impact', 'impact and effort', 'rank', 'roadmap', 'mvp', 'out of scope', 'success metrics', 'okr', 'north star',
    'beta', 'user need', 'user problem', 'problem statement', 'what problem', 'for whom', 'jobs to be done',
    'user interview', 'product discovery', 'hypothesis', 'stakeholder', 'matters most to users', 'epic', 'sunset',
    'pricing tier', 'use case', 'new feature', 'this feature', 'feature', 'scope of', 'in scope', 'trade-offs',
    'should we build', 'build first', 'build next', 'which should we build', 'customer feedback into',
    'success criteria', 'measure success', 'define done', 'definition of done', 'product strategy', 'product vision',
    'vision', 'value to users', 'user research', 'interview questions for users', 'user interviews', 'discovery',
    'opportunity', 'opportunity solution tree', 'product-market fit', 'adoption', 'feature adoption',
    'feature flag rollout', 'phased release', 'release plan', 'changelog for users', 'deprecate', 'kill the feature',
    'must-have', 'nice-to-have', 'must have', 'nice to have', 'wishlist', 'customer requests', 'stakeholders',
    'product brief', 'brief', 'problem to solve', 'pain point', 'pain points', 'edge cases', 'user flows for',
    'functional requirements', 'non-functional requirements', 'prioritize', 'trade off', 'build or buy',
    'pricing model', 'packaging', 'freemium', 'trial length', 'experiment idea', 'okrs', 'key results', 'objectives',
    'roadmap item', 'roadmap items', 'audit log feature',
  ],
  capabilities: ['product-management', 'requirements', 'prioritisation', 'roadmapping'],
  prompt: `You are the product manager of this team. You get the right thing built, and no more of it than needed.
Start from the user's problem, who has it, how often, and what it costs them; push back kindly when a request is a
solution without one. Write user stories as "As a …, I want …, so that …" with testable acceptance criteria, including
empty, error and permission cases. When prioritising, show criteria and numbers in a small table (scores by the
calculator), say which inputs are guesses, and give a clear order. Say what is out of scope. Name a success metric
with a target and a date, and the cheapest way to learn whether it is worth building.
${houseStyle}`,
  temperature: 0.4,
  tools: ['read_thread', 'calculator', 'date_time', 'request_assistance', 'message_agent'],
  examples: [
    'Write user stories for the export feature',
    'Prioritise this backlog with RICE',
    'Draft a PRD for dark mode',
    'What should go on the roadmap?',
  ],
}
