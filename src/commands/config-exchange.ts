import type { WorkspaceId } from '../storage/records.ts'

/** A configuration file as it is in force. */
export interface ExportedFile {
  readonly name: string
  readonly json: string
  /** True when the workspace imported it; false when it is the installation's. */
  readonly isOwn: boolean
}

/** Gives and takes a workspace's configuration files; who may, is asked before. */
export interface ConfigExchange {
  exportFiles(workspaceId: WorkspaceId): Promise<readonly ExportedFile[]>
  /**
   * Checks files as at the start and stores them for new runs, all or none.
   * @param files by name; null brings the installation's file back
   * @returns the names of the files that changed
   * @throws {MurmurError} MUR_USAGE for another form, MUR_CONFIG_INVALID naming everything that is wrong,
   * MUR_NOT_ALLOWED for providers, which are the operator's
   */
  importFiles(workspaceId: WorkspaceId, files: unknown, by: string): Promise<readonly string[]>
  /**
   * Changes part of a file, as it is in force, and checks it as {@link importFiles} does. Two who change it at the same time
   * both get their way.
   * @param edit gets the file's content; is called again when somebody else was faster
   * @throws {MurmurError} MUR_CONFIG_INVALID naming everything that is wrong, MUR_STORE_CONFLICT when others are always faster
   */
  editFile(workspaceId: WorkspaceId, name: 'teams.json', edit: (content: unknown) => unknown, by: string): Promise<void>
}
