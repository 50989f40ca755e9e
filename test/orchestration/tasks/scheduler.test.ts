import { storeEngines } from '../../conformance/engines.ts'
import { testScheduler } from '../../conformance/scheduler.ts'

for (const engine of storeEngines()) testScheduler(engine)
