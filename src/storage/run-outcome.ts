import { sql } from 'kysely'
import { outageClasses } from './failure-class.ts'

/** They say nothing about how a run was done: no money, no Slack, no wish to go on. */
const unrelatedErrors = ['MUR_BUDGET_SPENT', 'MUR_COST_UNCONFIRMED', 'MUR_RUN_CANCELLED', 'MUR_AGENTS_BUSY', 'MUR_SLACK_BUSY', 'MUR_SLACK_REJECTED', 'MUR_STORE_DOWN', 'MUR_REQUEST_INVALID']

/** Of the table of runs: its end says something about how it was done. */
export const isRelated = sql<boolean>`(runs.error_code IS NULL OR runs.error_code NOT IN (${sql.join(unrelatedErrors)}))`

/** Of the table of runs: it did not fail for what was away. */
export const isNoOutage = sql<boolean>`(runs.failure_class IS NULL OR runs.failure_class NOT IN (${sql.join(outageClasses)}))`

/** Of the table of runs: 1 when a model answered with all it had, and nobody has objected, else 0. */
export const isGood = sql<number>`CASE WHEN runs.status = 'completed' AND runs.tier = 1 AND NOT EXISTS (
  SELECT 1 FROM feedback WHERE feedback.run_id = runs.run_id AND feedback.kind IN ('down', 'correction')) THEN 1 ELSE 0 END`
