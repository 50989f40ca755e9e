import type { VersionRecord, WorkflowRecord } from '../../storage/records.ts'
import type { Tally, TrialRecord } from '../../storage/trial-record.ts'
import { fenceLines } from '../fence-lines.ts'
import { diffRecipes } from '../workflows/recipe-lines.ts'
import { emptyRecipe } from '../workflows/recipe.ts'

export interface TrialLines {
  readonly workflow: WorkflowRecord
  readonly version: VersionRecord
  /** Undefined: the requests as they were handled without a recipe. */
  readonly against: VersionRecord | undefined
  readonly figures: { readonly candidate: Tally; readonly control: Tally }
  readonly isCanary: boolean
}

/** Says that a version was taken back, and why. */
export function describeRollback({ workflow, version, against, figures, isCanary }: TrialLines): string {
  const back = isCanary ? 'It served a share of the requests only, and serves none now.' : against ? `Version ${against.version} is in force again.` : 'Such requests are handled as they were before it.'
  return [
    `:leftwards_arrow_with_hook: I took back version ${version.version} of *${plainName(workflow.name)}* (\`${workflow.workflowId}\`), made by ${whoMade(version)}: ${compare(figures)} ${back}`,
    ...changes(version, against),
    `It stays in the history; a person can put it in force again: \`/swarm rollback ${workflow.workflowId} ${version.version}\``,
  ].join('\n')
}

/** Says that a canary serves everybody from now on. */
export function describePromotion({ workflow, version, against, figures }: TrialLines): string {
  return [
    `:seedling: Version ${version.version} of *${plainName(workflow.name)}* (\`${workflow.workflowId}\`), made by ${whoMade(version)}, serves all such requests from now on: ${compare(figures)}`,
    ...changes(version, against),
    `Back to the one before: \`/swarm rollback ${workflow.workflowId} ${version.parentVersion ?? 1}\``,
  ].join('\n')
}

/** One line on how a trial stands, for example `version 2 on trial: 7 of 12 went well with it, 18 of 20 with version 1`. */
export function describeTrial({ state, version, againstVersion }: TrialRecord, { candidate, control }: TrialLines['figures']): string {
  const words = { running: 'on trial', kept: 'trial passed', rolled_back: 'taken back', replaced: 'trial cut off by another version' }[state]
  const before = againstVersion === 0 ? 'without a recipe' : `with version ${againstVersion}`
  const withIt = candidate.good + candidate.bad === 0 ? 'no request yet' : `${share(candidate)} went well with it`
  return `version ${version} ${words}: ${withIt}, ${control.good + control.bad === 0 ? 'none' : share(control)} ${before}`
}

const compare = ({ candidate, control }: TrialLines['figures']): string => `${share(candidate)} requests went well with it, ${share(control)} with what it replaced.`

const share = ({ good, bad }: Tally): string => `${good} of ${good + bad}`

const whoMade = ({ source, authorId }: VersionRecord): string => (source === 'user' && authorId !== '' ? `<@${authorId}>` : 'Murmur itself')

/** A name comes from a request; in a heading it stands without markup. */
export const plainName = (name: string): string => name.replaceAll(/[*_`~<>]/g, '')

function changes({ recipe }: VersionRecord, against: VersionRecord | undefined): readonly string[] {
  return fenceLines(diffRecipes(against?.recipe ?? emptyRecipe, recipe))
}
