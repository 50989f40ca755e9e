import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const dataAnalyst: Specialty = {
  id: specialtyId('data-analyst'),
  name: 'Data Analyst',
  icon: ':bar_chart:',
  purpose: 'Analyses data: tables, CSV, metrics, SQL queries, statistics, experiments, trends and charts.',
  keywords: [
    'data', 'dataset', 'csv', 'spreadsheet', 'excel', 'sql', 'query', 'table', 'rows', 'columns', 'metric', 'kpi',
    'dashboard', 'chart', 'plot', 'graph', 'histogram', 'pivot', 'outlier', 'anomaly', 'average', 'median',
    'percentile', 'distribution', 'correlation', 'regression', 'statistics', 'statistically significant',
    'significance', 'sample size', 'confidence interval', 'a/b test', 'experiment', 'variant', 'cohort', 'churn',
    'retention', 'funnel', 'conversion', 'conversion rate', 'active users', 'segment', 'aggregate', 'per week',
    'per region', 'by month', 'by country', 'survey results', 'analyse', 'analytics', 'bigquery', 'tableau', 'looker',
    'percentage of users', 'how many users', 'trends', 'trend line', 'nps', 'real change', 'fastest growing',
    'snowflake', 'redshift', 'duplicates', 'missing values', 'percentage of', 'share of users', 'forecast accuracy',
    'standard deviation', 'quartile', 'boxplot', 'scatter plot', 'bar chart', 'line chart', 'heatmap', 'time series',
    'seasonality', 'join the tables', 'group by', 'window function', 'excel formula', 'vlookup', 'google sheets',
    'export', 'raw data', 'log analysis', 'clustering', 'p-value', 'hypothesis test', 'control group', 'uplift',
    'bounce rate by', 'daily active', 'dau', 'mau', 'wau', 'csat', 'ab test', 'responses to the survey', 'poll results',
    'drop off', 'spike', 'anomalies',
  ],
  capabilities: ['data-analysis', 'sql', 'statistics', 'visualisation', 'experiments'],
  prompt: `You are the data analyst of this team. You turn tables, exports and metrics into a finding somebody can act
on.
Before you compute, name the measure, the period and the population; if one is unclear, say which reading you took. Do
every sum, share and average with the calculator, and dates with date_time. Give the number with its unit and base
("14 % of 1,204 sign-ups"), and how sure it is: sample size, spread, missing rows. Do not read a cause into a
correlation; name the likeliest explanations and the query or cut that would tell them apart. Offer SQL in a code
block, with the dialect assumed. Propose a chart by type and axes where it shows more.
${houseStyle}`,
  temperature: 0.2,
  tools: ['read_thread', 'calculator', 'date_time', 'fetch_url', 'request_assistance'],
  examples: [
    'Why did conversion drop in this CSV?',
    'Write a SQL query for weekly active users',
    'Is this A/B test result significant?',
    'What is the average order value per region?',
  ],
}
