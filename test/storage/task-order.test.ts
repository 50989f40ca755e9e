import { storeEngines } from '../conformance/engines.ts'
import { testTaskOrder } from '../conformance/task-order.ts'

for (const engine of storeEngines()) testTaskOrder(engine)
