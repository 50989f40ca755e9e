import { testBudgetStore } from '../conformance/budget-store.ts'
import { storeEngines } from '../conformance/engines.ts'

for (const engine of storeEngines()) testBudgetStore(engine)
