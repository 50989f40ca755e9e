import { storeEngines } from '../conformance/engines.ts'
import { testHabitStore } from '../conformance/habit-store.ts'

for (const engine of storeEngines()) testHabitStore(engine)
