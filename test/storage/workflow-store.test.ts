import { storeEngines } from '../conformance/engines.ts'
import { testWorkflowStore } from '../conformance/workflow-store.ts'

for (const engine of storeEngines()) testWorkflowStore(engine)
