import { storeEngines } from '../conformance/engines.ts'
import { testPartStore } from '../conformance/part-store.ts'

for (const engine of storeEngines()) testPartStore(engine)
