import { openDatabase, type Database } from '../../../src/storage/database.ts'
import { EmbeddedVectors } from '../../../src/storage/vectors/embedded-vectors.ts'
import { storeEngines } from '../../conformance/engines.ts'
import { testVectorMemory } from '../../conformance/vector-memory.ts'

for (const engine of storeEngines()) {
  let database: Database
  testVectorMemory({
    name: `embedded on ${engine.name}`,
    create: async (nowMs) => {
      database = await openDatabase(await engine.create())
      return new EmbeddedVectors(database, { nowMs })
    },
    reopen: async (nowMs) => new EmbeddedVectors(database, { nowMs }),
    destroy: async () => {
      await database.close()
      await engine.destroy()
    },
  })
}
