import { expect, test } from '@jest/globals'
import { readConfig } from '../../src/app/config.ts'

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret' }

test('the shipped models need OpenAI or a server that speaks its API', () => {
  expect(() => readConfig(slack)).toThrow('OPENAI_API_KEY: missing')
  expect(readConfig({ ...slack, OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1/' })).toMatchObject({ openAiApiKey: undefined, openAiBaseUrl: 'http://127.0.0.1:8000/v1' })
})

test('a folder of one\'s own may do without OpenAI', () => {
  expect(readConfig({ ...slack, MURMUR_CONFIG_DIR: '/etc/murmur' })).toMatchObject({ configDir: '/etc/murmur', openAiBaseUrl: undefined })
})

test('keys are found by the names that models.json gives; an empty one is not set', () => {
  const { secretOf } = readConfig({ ...slack, OPENAI_API_KEY: 'sk-1', HF_TOKEN: 'hf_1', AZURE_OPENAI_API_KEY: ' ' })
  expect([secretOf('HF_TOKEN'), secretOf('AZURE_OPENAI_API_KEY'), secretOf('NOPE')]).toEqual(['hf_1', undefined, undefined])
})
