import { storeEngines } from '../conformance/engines.ts'
import { testRegroupingStore } from '../conformance/regrouping-store.ts'

for (const engine of storeEngines()) testRegroupingStore(engine)
