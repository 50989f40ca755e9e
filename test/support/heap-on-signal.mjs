// Loaded before a process's own code (`--import`): at each SIGUSR2 it collects the garbage and adds a line with the bytes of data that are left to the
// file HEAP_FILE. Compiled code is none of it: it grows as long as more of the code gets warm. Nor are the contents of array buffers, which lie outside the heap.
import { appendFileSync } from 'node:fs'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')

if (isMainThread) {
  process.on('SIGUSR2', () => {
    collect()
    // What finalizers let go of is garbage only now.
    setImmediate(() => {
      collect()
      const data = getHeapSpaceStatistics().filter(({ space_name: name }) => !/code|trusted/.test(name))
      const bytes = data.reduce((sum, { space_used_size: used }) => sum + used, 0)
      appendFileSync(process.env['HEAP_FILE'] ?? '', `${bytes}\n`)
    })
  })
}
