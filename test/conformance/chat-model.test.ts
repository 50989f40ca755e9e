import type { ProfiledModel } from '../../src/agents/chat-model.ts'
import { createAzureModel } from '../../src/agents/providers/azure.ts'
import { createHuggingFaceModel } from '../../src/agents/providers/hugging-face.ts'
import { createOllamaModel } from '../../src/agents/providers/ollama.ts'
import { createOpenAiModel } from '../../src/agents/providers/openai.ts'
import { createPetalsModel } from '../../src/agents/providers/petals.ts'
import { MurmurError } from '../../src/errors.ts'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import type { Reply } from '../../playground/offline-model/reply.ts'
import { azureKey, createAzureServer } from '../fakes/azure-server.ts'
import type { DeedServer } from '../fakes/deed-server.ts'
import { aProfile } from '../fakes/model-profile.ts'
import { createOllamaServer } from '../fakes/ollama-server.ts'
import { createPetalsServer } from '../fakes/petals-server.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'
import { createTgiServer } from '../fakes/tgi-server.ts'
import { type ChatModelSuite, chatModelConformance, type ModelDeed } from './chat-model.ts'

let server: OfflineModel | undefined

chatModelConformance({
  name: 'OpenAI provider against a server',
  async create(deeds) {
    const offline = (server = await createOfflineModel({ answer: (_, { id }) => replyOf(deeds[id - 1]) }))
    for (const deed of deeds) {
      if ('hang' in deed) offline.faults.add({ kind: 'hang' })
      if ('fail' in deed && deed.fail === 'busy') offline.faults.add({ kind: 'rate_limited', retryAfterSeconds: 2 })
      if ('fail' in deed && deed.fail === 'down') offline.faults.add({ kind: 'disconnect' })
      if ('fail' in deed && deed.fail === 'refused') offline.faults.add({ kind: 'key_refused' })
      if ('fail' in deed && deed.fail === 'malformed') offline.faults.add({ kind: 'garbage_sse' })
    }
    return {
      model: createOpenAiModel({
        profile: aProfile(),
        apiKey: 'sk-test-1234567890',
        baseUrl: offline.baseUrl,
        now: Date.now,
      }),
      called: async (calls) => {
        await offline.waitFor(`call ${calls}`, () => offline.usage.calls >= calls)
      },
    }
  },
  async destroy() {
    await server?.close()
    server = undefined
  },
})

interface Spoken extends Pick<ChatModelSuite, 'name' | 'cannot'> {
  readonly serve: (deeds: readonly ModelDeed[]) => DeedServer
  readonly open: (baseUrl: string) => ProfiledModel
}

/** A provider against a local server that speaks its protocol. */
function overTheWire({ serve, open, ...suite }: Spoken): void {
  let standIn: DeedServer | undefined
  chatModelConformance({
    ...suite,
    async create(deeds) {
      const listening = (standIn = serve(deeds))
      return { model: open(await listening.listen()), called: (calls) => listening.called(calls) }
    },
    async destroy() {
      await standIn?.close()
      standIn = undefined
    },
  })
}

const profile = aProfile()
const now = Date.now

overTheWire({
  name: 'Azure OpenAI',
  serve: (deeds) => createAzureServer(deeds, profile.model),
  open: (baseUrl) => createAzureModel({ profile, apiKey: azureKey, baseUrl, now }),
})

overTheWire({
  name: 'Hugging Face, text-generation-inference',
  serve: createTgiServer,
  open: (baseUrl) => createHuggingFaceModel({ profile, apiKey: 'hf_0123456789', baseUrl, now }),
})

overTheWire({
  name: 'Ollama',
  cannot: { 'broken arguments': 'Ollama parses arguments itself and sends objects' },
  serve: createOllamaServer,
  open: (baseUrl) => createOllamaModel({ profile, apiKey: '', baseUrl, now }),
})

overTheWire({
  name: 'Petals',
  cannot: {
    tools: 'Petals takes text and gives text',
    'structured output': 'Petals takes no schema',
    'say when it was cut': 'Petals does not say it; its own test covers the guess',
  },
  serve: createPetalsServer,
  open: (baseUrl) => createPetalsModel({ profile, apiKey: '', baseUrl, now }),
})

chatModelConformance({
  name: 'scripted model',
  async create(deeds) {
    const model = new ScriptedModel(deeds.map(stepOf))
    return { model, called: (calls) => model.called(calls) }
  },
  async destroy() {
    /* It holds nothing. */
  },
})

function replyOf(deed: ModelDeed | undefined): Reply {
  if (deed && 'say' in deed)
    return { text: deed.say, ...(deed.finishReason ? { finishReason: deed.finishReason } : {}) }
  if (deed && 'call' in deed)
    return { toolCalls: deed.call.map(({ id, name, argumentsJson }) => ({ id, name, arguments: argumentsJson })) }
  return { text: 'not scripted' }
}

const failures = {
  busy: new MurmurError('MUR_MODEL_BUSY', { status: 429, retryAfterMs: 2_000 }),
  down: new MurmurError('MUR_MODEL_DOWN', { reason: 'connection failed' }),
  refused: new MurmurError('MUR_MODEL_REFUSED', { status: 401 }),
  malformed: new MurmurError('MUR_MODEL_MALFORMED', { reason: 'not JSON' }),
} as const

function stepOf(deed: ModelDeed): ScriptStep {
  if ('say' in deed) return { text: deed.say, ...(deed.finishReason ? { finishReason: deed.finishReason } : {}) }
  if ('call' in deed) return { toolCalls: deed.call }
  return 'fail' in deed ? { error: failures[deed.fail] } : { hangs: true }
}
