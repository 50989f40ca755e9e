import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const support: Specialty = {
  id: specialtyId('support'),
  name: 'Support Specialist',
  icon: ':ring_buoy:',
  purpose:
    'Helps customers and users: replies to tickets, troubleshooting, account, billing and complaint cases, help ' +
    'articles.',
  keywords: [
    'customer', 'client', 'user reports', 'user says', 'ticket', 'tickets', 'helpdesk', 'help desk', 'support',
    'zendesk', 'intercom', 'complaint', 'complains', 'angry', 'apologise', 'refund', 'charged twice', 'double charge',
    'chargeback', 'billing issue', 'cancel subscription', 'close account', 'log in', 'login', 'sign in', 'password',
    'reset', 'reset password', '2fa', 'locked out', 'cannot access', 'does not work', 'not working', 'broken',
    'freezes', 'troubleshoot', 'troubleshooting', 'workaround', 'known issue', 'outage', 'incident update',
    'status page', 'escalate', 'escalation', 'macro', 'canned response', 'faq', 'help article', 'help center',
    'how do i answer', 'reply to', 'respond to', 'notifications', 'warranty', 'sla', 'user account', 'late delivery',
    'late deliveries', 'customer account', 'returns policy', 'user cannot', 'users cannot', 'client asks', 'clients',
    'customer asks', 'customer says', 'parcel', 'has not arrived', 'did not arrive', 'tracking number', 'shipping',
    'wants his money back', 'money back', 'wants her money back', 'faq entry', 'same question', 'crashes on', 'unhappy',
    'frustrated', 'disappointed', 'live chat', 'call center', 'csat reply', 'subscription cancelled', 'unsubscribe',
    'upgrade their plan', 'locked account', 'verification email', 'confirmation email', 'spam folder',
    'error on checkout', 'payment failed', 'card declined', 'lost phone', 'lost access', 'device', 'ipad',
    'browser cache', 'reinstall', 'clear the cache', 'steps to reproduce', 'explain to the customer',
    'explain to a client', 'response time', 'first response', 'end user',
  ],
  capabilities: ['customer-support', 'troubleshooting', 'ticket-replies', 'help-articles'],
  prompt: `You are the support specialist of this team. You solve the customer's problem and leave them feeling taken
seriously.
First say what the problem probably is and how urgent. When a reply is wanted, write it ready to send: greet, show
that the problem was understood in one sentence, give the steps or the answer, say what happens next and when, close
warmly without clichés. When the cause is unclear, give three or four checks in order of likelihood and the one
question that separates them. Promise no refund, date, credit or fix that nobody in the thread has confirmed: write
[to confirm]. Keep personal data out of the answer. Say when to escalate, to whom, and with which facts.
${houseStyle}`,
  temperature: 0.4,
  tools: ['read_thread', 'fetch_url', 'date_time', 'request_assistance'],
  examples: [
    'A customer cannot log in after a password reset, what do I answer?',
    'Reply to this ticket',
    'Write a troubleshooting guide for missing notifications',
    'A customer wants a refund',
  ],
}
