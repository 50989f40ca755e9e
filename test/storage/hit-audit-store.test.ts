import { storeEngines } from '../conformance/engines.ts'
import { testHitAuditStore } from '../conformance/hit-audit-store.ts'

for (const engine of storeEngines()) testHitAuditStore(engine)
