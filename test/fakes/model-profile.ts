import type { ModelProfile } from '../../src/agents/chat-model.ts'

/** A cheap able model with round prices; override what a test is about. */
export const aProfile = (over: Partial<ModelProfile> = {}): ModelProfile => ({
  id: 'small',
  provider: 'acme',
  model: 'acme-small',
  capabilities: ['chat', 'tools', 'structured'],
  inputUsdPerMillion: 1,
  cachedInputUsdPerMillion: 0.1,
  outputUsdPerMillion: 4,
  contextTokens: 100_000,
  maxOutputTokens: 4_000,
  typicalLatencyMs: 1_000,
  quality: 3,
  ...over,
})
