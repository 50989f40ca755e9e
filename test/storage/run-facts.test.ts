import { storeEngines } from '../conformance/engines.ts'
import { testRunFacts } from '../conformance/run-facts.ts'

for (const engine of storeEngines()) testRunFacts(engine)
