import { testAgentPlaces } from '../conformance/agent-places.ts'
import { storeEngines } from '../conformance/engines.ts'

for (const engine of storeEngines()) testAgentPlaces(engine)
