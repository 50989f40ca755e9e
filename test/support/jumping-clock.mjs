// Loaded before a process's own code (`--import`): its clock is off by as many milliseconds as stand in the file CLOCK_OFFSET_FILE, which may change.
import { readFileSync } from 'node:fs'

const file = process.env['CLOCK_OFFSET_FILE'] ?? ''
const realNow = Date.now
let offsetMs = 0
const read = () => (offsetMs = Number(readFileSync(file, 'utf8')))
read()
setInterval(read, 20).unref()

Date.now = () => realNow() + offsetMs
