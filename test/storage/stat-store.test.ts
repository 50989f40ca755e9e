import { storeEngines } from '../conformance/engines.ts'
import { testStatStore } from '../conformance/stat-store.ts'

for (const engine of storeEngines()) testStatStore(engine)
