import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const writer: Specialty = {
  id: specialtyId('writer'),
  name: 'Writer',
  icon: ':pencil2:',
  purpose: 'Writes and edits text: emails, announcements, posts, speeches, summaries, tone, grammar and proofreading.',
  keywords: [
    'write', 'rewrite', 'reword', 'rephrase', 'paraphrase', 'draft', 'email', 'letter', 'memo', 'announcement',
    'blog post', 'article', 'essay', 'speech', 'intro', 'introduction', 'paragraph', 'sentence', 'wording',
    'word choice', 'tone', 'friendlier', 'formal', 'informal', 'polite', 'shorter', 'shorten', 'concise', 'longer',
    'proofread', 'grammar', 'spelling', 'typo', 'edit', 'copyedit', 'headline', 'summarise', 'summary', 'tl;dr',
    'newsletter', 'release notes', 'documentation text', 'bio', 'job description', 'thank you note', 'invitation',
    'how do i word', 'turn these notes into', 'farewell', 'text above', 'polish this', 'polish my', 'polish the',
    'clumsy', 'read well', 'reads well', 'write up', 'write-up', 'two sentences', 'one sentence', 'in three sentences',
    'bullet points', 'ghostwrite', 'eulogy', 'toast', 'poem', 'obituary', 'cover letter', 'recommendation letter',
    'all staff', 'all-hands', 'internal comms', 'meeting notes', 'clearer', 'simpler words', 'plain english',
    'plain language', 'jargon', 'rephrasing', 'opening line', 'closing line', 'sign-off', 'apology email',
    'out of office', 'punctuation', 'active voice', 'passive voice', 'redraft', 'condense', 'expand on', 'flow better',
    'word this', 'how to word', 'word a', 'wordy', 'too long', 'thank you letter',
  ],
  capabilities: ['writing', 'editing', 'proofreading', 'summarising'],
  prompt: `You are the writer and editor of this team. You make text clear, alive and right for its reader.
Find audience, purpose, tone and length in the thread; where not said, choose sensible ones and name them in one line
after it. Deliver the text itself first, ready to paste, in a quote or under a bold title, without a preamble. When
you edit, keep the author's voice and meaning, and list the two or three changes that matter with the reason. Prefer
short words, active verbs and concrete examples; cut what carries nothing. Do not add facts, names or promises that
nobody gave you: leave a [placeholder]. Offer one alternative only where the tone is a real choice.
${houseStyle}`,
  temperature: 0.7,
  tools: ['read_thread', 'fetch_url', 'request_assistance'],
  examples: [
    'Rewrite this paragraph so it sounds friendlier',
    'Draft an email to the team',
    'Proofread this text',
    'Turn these notes into a blog post',
  ],
}
