import { sql } from 'kysely'

/** They say nothing about how a run was done: no money, no Slack, no wish to go on. */
export const unrelatedErrors = ['MUR_BUDGET_SPENT', 'MUR_COST_UNCONFIRMED', 'MUR_RUN_CANCELLED', 'MUR_AGENTS_BUSY', 'MUR_SLACK_BUSY', 'MUR_SLACK_REJECTED', 'MUR_STORE_DOWN', 'MUR_REQUEST_INVALID']

/** Of the table of runs: 1 when a model answered with all it had, and nobody has objected, else 0. */
export const isGood = sql<number>`CASE WHEN runs.status = 'completed' AND runs.tier = 1 AND NOT EXISTS (
  SELECT 1 FROM feedback WHERE feedback.run_id = runs.run_id AND feedback.kind IN ('down', 'correction')) THEN 1 ELSE 0 END`
