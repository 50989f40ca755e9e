import { testConfigStore } from '../conformance/config-store.ts'
import { storeEngines } from '../conformance/engines.ts'

for (const engine of storeEngines()) testConfigStore(engine)
