import type { Kysely } from 'kysely'

/** Finds what is left of a former vector space without reading the memory. */
export function memoryUpkeep() {
  return {
    async up({ schema }: Kysely<unknown>): Promise<void> {
      await schema.createIndex('memory_items_space').on('memory_items').columns(['workspace_id', 'space']).execute()
    },
  }
}
