import { createOpenAiModel } from '../../src/agents/providers/openai.ts'
import { MurmurError } from '../../src/errors.ts'
import { createOfflineModel } from '../../playground/offline-model/create-offline-model.ts'
import type { OfflineModel } from '../../playground/offline-model/offline-model.ts'
import type { Reply } from '../../playground/offline-model/reply.ts'
import { aProfile } from '../fakes/model-profile.ts'
import { ScriptedModel, type ScriptStep } from '../fakes/scripted-model.ts'
import { chatModelConformance, type ModelDeed } from './chat-model.ts'

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
