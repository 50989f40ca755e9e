import type { Conversation } from '../read-conversation.ts'
import { explainError } from './explain-error.ts'
import { knownFrom } from './thread-summary.ts'

interface Checklist {
  readonly about: RegExp
  readonly title: string
  readonly steps: readonly string[]
}

const checklists: readonly Checklist[] = [
  {
    about: /password|log ?in|sign ?in|locked|2fa|mfa|account/i,
    title: 'Signing in does not work',
    steps: [
      'Try in a private window, to leave old cookies out of it.',
      'Check that the address of the page and the user name are the right ones, Caps Lock off.',
      'Use "Forgot password" once and wait five minutes; look into the spam folder too.',
      'With a second factor: check that the clock of the phone is set automatically.',
      "Still locked out: ask an admin to look at the account's status and last attempts.",
    ],
  },
  {
    about: /vpn|wi-?fi|network|internet|connect/i,
    title: 'No connection',
    steps: [
      'Does another site or device work? That tells your machine from the network.',
      'Switch the connection (Wi-Fi, VPN) off and on, then restart the client.',
      "Try another network, for instance the phone's hotspot.",
      'Check date and time: a wrong clock breaks certificates.',
      'Write down the exact message and the time, and look whether others report the same.',
    ],
  },
  {
    about: /slow|hang|stuck|freez|lag/i,
    title: 'It is slow or stuck',
    steps: [
      'Since when, and what changed then (update, new data, more users)?',
      'Is it slow for everybody, at every time of day, on every device?',
      'Close what is not needed and restart; note how long one fixed action takes before and after.',
      'Look at memory, disk space and network while it is slow.',
      'Send the time of one slow case, so that it can be found in the logs.',
    ],
  },
  {
    about: /refund|invoice|bill|payment|charge|subscription/i,
    title: 'A question of billing',
    steps: [
      'Have the invoice number, the date and the amount ready.',
      'Check whether it is a renewal, a proration or a second account.',
      'Say what you expected to be charged and why.',
      'Refunds usually go back to the same card within 5 to 10 working days.',
      'Do not post card numbers here.',
    ],
  },
  {
    about: /install|update|upgrade|setup|set up/i,
    title: 'Installing or updating fails',
    steps: [
      'Compare the version and system with the requirements.',
      'Read the first error in the output, not the last.',
      'Check free disk space and permission to write.',
      'Remove what is left of the failed attempt and try again with the network on.',
      'Send the first error and the versions, if it fails again.',
    ],
  },
  {
    about: /e-?mail|notification|message.*(arriv|receiv)/i,
    title: 'Messages do not arrive',
    steps: [
      'Look into spam and other folders, and search for the sender.',
      'Check the notification settings of the channel and of the device, and "do not disturb".',
      'Send a test from another address and note the exact time.',
      'Is the mailbox full, or the address misspelt by one letter?',
      'An admin can trace the message by its time and addresses.',
    ],
  },
]

const general: Checklist = {
  about: /./,
  title: 'Finding the cause',
  steps: [
    'What exactly did you do, what did you expect, and what happened instead?',
    'Since when, and what changed shortly before?',
    'Does it happen every time, to others too, on another device?',
    'Restart the part concerned once, and only once, before anything else is changed.',
    'Copy the exact message and the time.',
  ],
}

/** A checklist for the trouble that the request describes, with the error explained where one is quoted. */
export function answerSupport(conversation: Conversation): string {
  const { asked } = conversation
  const list =
    checklists.find(({ about }) => about.test(asked))
    ?? checklists.find(({ about }) => about.test(conversation.background))
    ?? general
  const error = explainError(asked)
  return [
    'Sorry about that. Let us go through it step by step.',
    '',
    ...knownFrom(conversation),
    ...(error === undefined ? [] : [error, '']),
    `**${list.title}**`,
    ...list.steps.map((step) => `- [ ] ${step}`),
    '',
    'Tell me at which step it stops, and what you see there.',
  ].join('\n')
}
