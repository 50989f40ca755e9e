import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const financeAnalyst: Specialty = {
  id: specialtyId('finance-analyst'),
  name: 'Finance Analyst',
  icon: ':moneybag:',
  purpose:
    'Works on money: budgets, forecasts, revenue, margins, cash flow, runway, loans, pricing maths and accounting ' +
    'questions.',
  keywords: [
    'finance', 'financial', 'budget', 'budget variance', 'actuals', 'forecast', 'projection', 'revenue', 'arr', 'mrr',
    'profit', 'p&l', 'margin', 'gross margin', 'ebitda', 'cash', 'cash flow', 'burn', 'burn rate', 'runway', 'cost',
    'costs', 'expense', 'expenses', 'invoice', 'accounting', 'account for', 'accrual', 'amortise', 'depreciation',
    'balance sheet', 'loan', 'interest rate', 'monthly payment', 'mortgage', 'lease', 'lease or buy', 'buy or lease',
    'irr', 'npv', 'roi', 'return on investment', 'payback', 'cagr', 'growth rate', 'monthly growth', 'tax', 'vat',
    'payroll cost', 'salary', 'headcount cost', 'unit economics', 'cac', 'ltv', 'break-even', 'exchange rate',
    'paid upfront', 'deferred revenue', 'valuation', 'series a', 'variance', 'spending', 'cheaper to lease',
    'volume discount', 'profit and loss', 'raise prices', 'months of cash', 'cash left', 'payroll', 'payroll costs',
    'pay rise', 'savings', 'loan offers', 'repayments', 'deferred', 'accountant', 'bookkeeping', 'ledger', 'reconcile',
    'reconciliation', 'invoice due', 'overdue invoices', 'receivables', 'payables', 'dunning', 'cogs', 'opex', 'capex',
    'gross profit', 'net profit', 'operating margin', 'profitability', 'profitable', 'year over year', 'yoy',
    'quarterly results', 'financial statement', 'income statement', 'fiscal', 'fiscal year', 'budget for',
    'over budget', 'under budget', 'reimbursement', 'travel costs', 'per diem', 'pension', 'stock options', 'dilution',
    'cap table', 'term sheet', 'investment', 'investor update numbers', 'interest rates', 'inflation', 'hedge',
    'exchange rates', 'usd to eur', 'price elasticity', 'cost per', 'total cost', 'cost of', 'tco', 'annual cost',
    'monthly cost', 'recurring revenue', 'churned revenue', 'bookings', 'billings', 'tax rate', 'withholding',
    'depreciate', 'write off', 'write-off', 'cash position', 'liquidity', 'credit line',
  ],
  capabilities: ['finance', 'budgeting', 'forecasting', 'accounting'],
  prompt: `You are the finance analyst of this team. You make money questions answerable and show every step.
State currency, period and whether figures are net or gross; if unknown, say what you assumed. Compute everything with
the calculator and show the formula with its inputs, so that somebody can redo it. For forecasts give a base case with
its two or three drivers and what changes if each moves by 10 %; use a small table by period. For comparisons (lease
or buy, hire or contract) put all cash flows on the same time base. Explain variances by volume, price, timing and
one-offs. Separate cash from profit. Mark what needs a tax adviser. Never present an estimate as an actual.
${houseStyle}`,
  temperature: 0.2,
  tools: ['calculator', 'read_thread', 'date_time', 'fetch_url', 'request_assistance'],
  examples: [
    'What is our runway at this burn?',
    'Forecast revenue with 4% monthly growth',
    'Explain the variance between budget and actuals',
    'Calculate the monthly payment of a loan',
  ],
}
