import { expect, test } from '@jest/globals'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import { projectRoot } from '../support/source-tree.ts'
import { knownSettings, readYaml } from './read-yaml.ts'

const folder = 'deploy/kubernetes'

interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}

const kinds = { ConfigMap, Deployment, HorizontalPodAutoscaler, Ingress, Namespace, NetworkPolicy, PodDisruptionBudget, Service }
const [kustomization] = readYaml<{ readonly resources: readonly string[] }>(`${folder}/kustomization.yaml`)
const named = kustomization?.resources ?? []
const resources = named.flatMap((name) => readYaml<Resource>(`${folder}/${name}`))
const ofKind = <T>(kind: string) => resources.filter((one) => one.kind === kind) as unknown as readonly (Resource & T)[]

interface DeploymentSpec {
  readonly spec: {
    readonly selector: { readonly matchLabels: object }
    readonly template: {
      readonly metadata: { readonly labels: object }
      readonly spec: {
        readonly terminationGracePeriodSeconds: number
        readonly containers: readonly {
          readonly env: readonly { readonly name: string; readonly value: string }[]
          readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
          readonly resources: { readonly requests: { readonly cpu: string } }
          readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string } }
        }[]
      }
    }
  }
}

const deployments = ofKind<DeploymentSpec>('Deployment')

test('every resource has the form that Kubernetes wants', () => {
  for (const resource of resources) {
    const Model = kinds[resource.kind as keyof typeof kinds] as new (data: never) => { validate(): void }
    expect(() => new Model(resource as never).validate()).not.toThrow()
  }
})

test('a wrong field is found by that check', () => {
  const [first] = deployments
  const broken = { ...first, spec: { ...first?.spec, replicas: 'two' } }
  expect(() => new Deployment(broken as never).validate()).toThrow(/replicas/)
})

test('the kustomization names every file but those for other tools', () => {
  const files = readdirSync(join(projectRoot, folder)).filter((name) => !['kustomization.yaml', 'prometheus-adapter.yaml', 'podmonitor.yaml'].includes(name))
  expect(named.toSorted()).toEqual(files.toSorted())
})

test('both roles run, are selected by their own labels, and have a bound on how many may be away at once', () => {
  expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['edge', 'worker'])
  for (const { metadata, spec } of deployments) {
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels)
    expect(spec.template.spec.containers[0]?.env).toContainEqual({ name: 'MURMUR_ROLE', value: metadata.name })
    expect(ofKind('PodDisruptionBudget').map((one) => one.metadata.name)).toContain(metadata.name)
  }
})

test('a worker has longer to end than it takes to drain', () => {
  for (const { spec } of deployments) expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(10)
})

test('probes ask for pages that are served, and none kills a process because a store is away', () => {
  for (const { spec } of deployments) {
    const [container] = spec.template.spec.containers
    const paths = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => container?.[probe as 'xProbe']?.httpGet.path ?? probe)
    expect(paths.filter((path) => !['/healthz', '/readyz'].includes(path))).toEqual([])
    expect(paths.slice(0, 2)).toEqual(['/healthz', '/healthz'])
  }
})

test('an edge comes before a worker where CPU is short', () => {
  const [edge = 0, worker = 0] = deployments.map(({ spec }) => Number.parseInt(spec.template.spec.containers[0]?.resources.requests.cpu ?? '0', 10))
  expect(edge).toBeGreaterThan(worker)
})

test('Prometheus is given the port, the labels and the token that /metrics wants', () => {
  const [monitor] = readYaml<{ readonly spec: { readonly selector: { readonly matchLabels: Readonly<Record<string, string>> }; readonly podMetricsEndpoints: readonly { readonly port: string; readonly path: string; readonly authorization: { readonly credentials: { readonly key: string } } }[] } }>(`${folder}/podmonitor.yaml`)
  const [endpoint] = monitor?.spec.podMetricsEndpoints ?? []
  expect(endpoint?.path).toBe('/metrics')
  expect(knownSettings()).toContain(endpoint?.authorization.credentials.key)
  for (const { spec } of deployments) {
    expect(spec.template.spec.containers[0]?.ports.map(({ name }) => name)).toContain(endpoint?.port)
    expect(spec.template.metadata.labels).toMatchObject(monitor?.spec.selector.matchLabels ?? { missing: '' })
    expect(JSON.stringify(spec.template.metadata)).not.toContain('prometheus.io/scrape')
  }
})

test('the configuration holds settings that Murmur knows, and no secret', () => {
  const data = ofKind<{ readonly data: Readonly<Record<string, string>> }>('ConfigMap').flatMap((map) => Object.keys(map.data))
  expect(data.filter((name) => !knownSettings().has(name))).toEqual([])
  expect(data.filter((name) => /TOKEN|SECRET|KEY|DATABASE_URL/.test(name))).toEqual([])
})

test('autoscalers point at what is there; that of the workers goes by the queue', () => {
  const scalers = ofKind<{ readonly spec: { readonly scaleTargetRef: { readonly name: string } } }>('HorizontalPodAutoscaler')
  expect(scalers.map(({ spec }) => spec.scaleTargetRef.name)).toEqual(['edge', 'worker'])
  expect(JSON.stringify(scalers[1])).toContain('"murmur_tasks_queued"')
})

test('from outside only the paths that Slack needs are reached', () => {
  const paths = ofKind<{ readonly spec: { readonly rules: readonly { readonly http: { readonly paths: readonly { readonly path: string }[] } }[] } }>('Ingress')
  expect(paths.flatMap(({ spec }) => spec.rules.flatMap((rule) => rule.http.paths.map(({ path }) => path)))).toEqual(['/slack'])
})
