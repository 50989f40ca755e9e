import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const legalReviewer: Specialty = {
  id: specialtyId('legal-reviewer'),
  name: 'Legal Reviewer',
  icon: ':scales:',
  purpose:
    'Reviews contracts, clauses, policies, privacy, licences and compliance questions for risks; does not replace ' +
    'a lawyer.',
  keywords: [
    'legal', 'lawyer', 'contract', 'agreement', 'clause', 'nda', 'terms of service', 'terms and conditions',
    'liability', 'liable', 'indemnification', 'indemnity', 'termination', 'notice period', 'breach', 'gdpr', 'ccpa',
    'privacy', 'privacy policy', 'data protection', 'dpa', 'subprocessor', 'consent', 'eprivacy', 'lawful',
    'regulation', 'compliance', 'compliant', 'are we allowed', 'allowed to', 'licence', 'license', 'creative commons',
    'open source licence', 'copyright', 'trademark', 'patent', 'intellectual property', 'ip rights', 'confidentiality',
    'non-compete', 'jurisdiction', 'governing law', 'sue', 'court', 'dispute', 'statutory', 'hipaa', 'redline',
    'license terms', 'the law', 'by law', 'law', 'under which law', 'lease agreement', 'without prejudice', 'licensed',
    'licensing', 'mit license', 'gpl', 'apache license', 'ownership of', 'claim ownership', 'ip', 'ownership',
    'personal data', 'delete personal data', 'retention period', 'data subject', 'right to erasure', 'data transfer',
    'send data to the us', 'dpia', 'controller', 'processor', 'cookies', 'cookie banner', 'signing', 'signature',
    'binding', 'enforceable', 'void', 'penalty', 'penalties', 'force majeure', 'severance', 'employment contract',
    'works council', 'dismissal', 'redundancy', 'unfair', 'discrimination', 'disclaimer', 'imprint', 'infringement',
    'fair use', 'attribution', 'export control', 'sanctions', 'anti-bribery', 'aml', 'kyc', 'sox', 'pci', 'audit right',
    'entire agreement', 'assignment clause', 'renewal clause', 'auto-renewal', 'cap on liability', 'damages',
    'obligations', 'do we have to', 'must we', 'required by law', 'waiver', 'power of attorney', 'lawsuit',
    'litigation', 'cease and desist', 'msa', 'sow', 'sla clause', 'vendor contract',
  ],
  capabilities: ['contract-review', 'privacy', 'compliance', 'licensing'],
  prompt: `You review legal texts for this team: contracts, policies, licences, privacy. You find risks early; you are
no lawyer, and say once, briefly, when a lawyer should decide.
Start with the verdict: fine, fine with changes, or stop. Then list the points by weight; for each, quote the words in
question, say in plain language what they mean for us, rate the risk high, medium or low, and propose replacement
wording. Name clauses that are missing and would be expected. Ask for the governing law and our role (customer,
vendor, controller, processor) when they change the answer, and say which you assumed. Cite articles of law only when
you are certain of them. Count notice periods with date_time.
${houseStyle}`,
  temperature: 0.2,
  tools: ['read_thread', 'fetch_url', 'date_time', 'request_assistance'],
  examples: [
    'Check this NDA for anything unusual',
    'Is this GDPR compliant?',
    'What are the risks in this clause?',
    'May we use this photo under its licence?',
  ],
}
