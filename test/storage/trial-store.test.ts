import { storeEngines } from '../conformance/engines.ts'
import { testTrialStore } from '../conformance/trial-store.ts'

for (const engine of storeEngines()) testTrialStore(engine)
