import type { AgentId, AgentRecord } from '../storage/records.ts'
import { toolSpecOf, type AgentConfig } from './agent.ts'
import type { ToolSpec } from './chat-model.ts'
import type { Specialty } from './specialty.ts'
import { currentConfig } from './stored-config.ts'
import { commonToolNames } from './tools/tool-names.ts'
import { createRequestAssistance } from './tools/request-assistance.ts'
import type { Tool } from './tools/tool.ts'

/** An agent ready to be asked: its prompt built, its tools bound and described. */
export interface AgentInstance extends Omit<AgentConfig, 'maxOutputTokens'> {
  readonly agentId: AgentId
  readonly name: string
  readonly specialty: Specialty
  readonly toolSpecs: readonly ToolSpec[]
}

export interface InstanceParts {
  readonly specialty: Specialty
  readonly tools: readonly Tool<never>[]
  /** All specialties; the others are whom it may ask for help. */
  readonly specialties: readonly Specialty[]
}

/** Makes the instance of a stored agent. */
export function createAgentInstance({ agentId, name, config }: Pick<AgentRecord, 'agentId' | 'name' | 'config'>, { specialty, tools, specialties }: InstanceParts): AgentInstance {
  const { prompt, temperature, tools: toolNames } = currentConfig(config, specialty)
  const own = tools.filter(({ name: tool }) => toolNames.includes(tool) || isCommon(tool)).map((tool) => bindPeers(tool, specialty, specialties))
  return { agentId, name, specialty, prompt, temperature, tools: own, toolSpecs: own.map(toolSpecOf) }
}

const isCommon = (tool: string): boolean => commonToolNames.some((name) => name === tool)

/** A catalogue's list stays the same object as long as it is in use; describing a tool takes longer than all else here. */
const helpTools = new WeakMap<readonly Specialty[], Map<string, Tool<never>>>()

/** The tool for help names those who can give it. */
function bindPeers(tool: Tool<never>, { id }: Specialty, specialties: readonly Specialty[]): Tool<never> {
  if (tool.name !== 'request_assistance') return tool
  const ofCatalogue = helpTools.get(specialties) ?? new Map<string, Tool<never>>()
  helpTools.set(specialties, ofCatalogue)
  const known = ofCatalogue.get(id)
  if (known) return known
  const bound = createRequestAssistance(specialties.map((peer) => peer.id).filter((peer) => peer !== id)) as unknown as Tool<never>
  ofCatalogue.set(id, bound)
  return bound
}
