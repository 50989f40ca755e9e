import { storeEngines } from '../conformance/engines.ts'
import { testRouteLessonStore } from '../conformance/route-lesson-store.ts'

for (const engine of storeEngines()) testRouteLessonStore(engine)
