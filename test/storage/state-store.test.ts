import { storeEngines } from '../conformance/engines.ts'
import { testStateStore } from '../conformance/state-store.ts'

for (const engine of storeEngines()) testStateStore(engine)
