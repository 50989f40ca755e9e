// Writes config/schemas from what the program checks; test/app/config-files.test.ts fails when they differ.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { configSchemas } from '../src/app/config-files.ts'

const folder = join(import.meta.dirname, '../config/schemas')
for (const [file, schema] of Object.entries(configSchemas)) {
  const text = JSON.stringify(z.toJSONSchema(schema as z.ZodType, { io: 'input' }), null, 2)
  writeFileSync(join(folder, file.replace(/\.json$/, '.schema.json')), `${text}\n`)
}
