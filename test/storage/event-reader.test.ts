import { storeEngines } from '../conformance/engines.ts'
import { testEventReader } from '../conformance/event-reader.ts'

for (const engine of storeEngines()) testEventReader(engine)
