import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createOfflineModel } from './offline-model/create-offline-model.ts'
import { readAppManifest } from './read-app-manifest.ts'
import { startApp } from './start-app.ts'
import { playTour } from './tour.ts'
import { createWorkspace } from './workspace/create-workspace.ts'

const usage = `Usage: npm run demo -- [--port 4000] [--script] [--log]
  --port N   where the playground listens (default 4000, 0 takes any free port)
  --script   plays a tour without a browser, prints what was said, and ends
  --log      prints the app's own log`

/** What the answers look like while they come: about as fast as a quick model writes. */
const pace = { latencyMs: 400, chunkDelayMs: 25 }
const banner = 'Offline model: a small local stand-in that matches patterns. Set OPENAI_API_KEY to use a real one.'

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '4000' }, script: { type: 'boolean' }, log: { type: 'boolean' }, help: { type: 'boolean' } } })
  if (values.help) return console.log(usage)
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: baseUrl = 'https://api.openai.com/v1' } = process.env
  const offline = key ? undefined : await createOfflineModel(values.script ? {} : pace)
  const workspace = await createWorkspace({
    port: values.script ? 0 : Number(values.port),
    retry: true,
    seed: { ...(await readAppManifest()), ...(offline ? { banner } : {}) },
  })
  const dataDir = mkdtempSync(join(tmpdir(), 'murmur-demo-'))
  const app = await startApp({
    workspace,
    dataDir,
    openAiBaseUrl: offline?.baseUrl ?? baseUrl,
    // No word of its own: keys are cut out of messages wherever they appear.
    openAiApiKey: key ?? 'playground-key-0001',
    ...(values.log ? { onLog: (line: string) => console.error(line) } : {}),
  })
  let isClosing = false
  const close = async (): Promise<void> => {
    if (isClosing) return
    isClosing = true
    await app.stop()
    await workspace.close()
    await offline?.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close().then(() => process.exit(0)))
  if (values.script) {
    await playTour(workspace, (line) => console.log(line))
    await close()
    return
  }
  console.log(`Murmur's playground is open: ${workspace.url}`)
  console.log(offline ? `The model is the offline one. ${banner}` : `The model is ${baseUrl}.`)
  console.log('Write "@murmur plan our launch" in #general. Ctrl+C ends it.')
}

try {
  await run()
} catch (error) {
  console.error(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE' ? 'The port is taken; choose another with --port.' : error)
  process.exit(1)
}
