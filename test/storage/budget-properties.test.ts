import { testBudgetProperties } from '../conformance/budget-properties.ts'
import { storeEngines } from '../conformance/engines.ts'

for (const engine of storeEngines()) testBudgetProperties(engine)
