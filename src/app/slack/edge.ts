import type { Logger } from 'pino'
import type { CommandDeps } from '../../commands/command.ts'
import type { SpecialtyCatalogue } from '../../agents/specialty-catalogue.ts'
import type { RunRecord, WorkspaceId } from '../../storage/records.ts'
import type { PersonChannel } from './person-channels.ts'
import type { SlackCalls } from './slack-calls.ts'
import type { Workspaces } from './workspaces.ts'

/** What every handler of a Slack event gets. */
export interface SlackEdge {
  readonly workspaces: Workspaces
  readonly commands: CommandDeps
  readonly catalogueOf: (workspaceId: WorkspaceId) => Promise<SpecialtyCatalogue>
  /** The channels that a person is in now. */
  readonly channelsOf: (workspaceId: WorkspaceId, userId: string) => Promise<ReadonlyMap<string, PersonChannel>>
  readonly logger: Logger
  readonly nowMs: () => number
  readonly observeIntake: (kind: string, seconds: number) => void
  /** Drops what is stored of a workspace that removed the app. */
  readonly forgetInstallation: (teamId: string) => Promise<void>
}

/** The workspace an event came from, with the Web API to answer in it. */
export interface SlackPlace {
  readonly workspaceId: WorkspaceId
  readonly calls: SlackCalls
}

export async function placeOf(edge: SlackEdge, teamId: string | undefined): Promise<SlackPlace> {
  const workspace = await edge.workspaces.identify({ teamId })
  return { workspaceId: (teamId ?? workspace.teamId) as WorkspaceId, calls: workspace.calls }
}

/** A run that a click names, when it belongs to the workspace and channel of the click. */
export async function findClickedRun(edge: SlackEdge, workspaceId: WorkspaceId, channelId: string | undefined, runId: string): Promise<RunRecord | undefined> {
  const run = await edge.commands.runs.find(runId)
  return run?.workspaceId === workspaceId && (channelId === undefined || run.request.channelId === channelId) ? run : undefined
}
