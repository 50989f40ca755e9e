import type { Kysely } from 'kysely'

/** One index for the log of versions and for what is left of a former vector space, which is found without reading the memory. */
export function memoryUpkeep() {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema.dropIndex('memory_items_version').execute()
      await schema.createIndex('memory_items_space').on('memory_items').columns(['workspace_id', 'space', 'version', 'item_id']).execute()
    },
  }
}
