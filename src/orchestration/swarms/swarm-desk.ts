import { answer } from '../../agents/agent.ts'
import { createAgentInstance, type AgentInstance } from '../../agents/agent-instance.ts'
import { askStructured } from '../../agents/structured.ts'
import { buildStoredConfig } from '../../agents/stored-config.ts'
import type { AgentId } from '../../storage/records.ts'
import { createToolContext } from '../ask-agent.ts'
import { RunColleagues } from '../colleagues.ts'
import type { Material } from '../documents/take-in-material.ts'
import type { NamedModel } from '../paid-calls/worst-case.ts'
import type { RunAttempt, RunDeps } from '../run-attempt.ts'
import type { ThreadLine } from '../thread-port.ts'
import { embedKept } from './embed-kept.ts'
import { hearPeople } from './hear-people.ts'
import { obstacleBefore } from './obstacle-before.ts'
import { randomOf } from './seeded-random.ts'
import { objectiveOf } from './plan-swarm.ts'
import { specialtyOf, type Seats } from './seat-members.ts'
import type { SwarmPlan } from './swarm-plan.ts'
import { judgePrompt, systemPromptOf, turnMessages, turnTextOf, type PromptFrame } from './swarm-prompt.ts'
import { TurnTaker, type Player } from './take-turn.ts'
import { TurnTally } from './turn-tally.ts'
import type { Answered, Member, Reading, SwarmDesk, Turn, WorkTurn } from './topology.ts'

export interface DeskParts {
  readonly plan: SwarmPlan
  readonly seats: Seats
  /** What was said in the thread before the request. */
  readonly history: readonly ThreadLine[]
  /** Long texts and files that came with it. */
  readonly material: Pick<Material, 'outline' | 'documents'>
  /** What all members use. */
  readonly model: NamedModel
}

/** The desk of a swarm in a run, and what its end depends on. */
export interface RunDesk extends SwarmDesk {
  readonly turns: TurnTaker
  readonly tally: TurnTally
}

const judgeTemperature = 0.2
const maxHistoryChars = 12_000

/**
 * What a topology works with, on top of a run: its calls are metered and journaled under the keys of their turns, by
 * specialists out of the run's seats.
 */
export function createSwarmDesk(deps: RunDeps, attempt: RunAttempt, parts: DeskParts): RunDesk {
  const { run, journal, meter, signal } = attempt
  const { plan, seats, history, material, model } = parts
  const frame: PromptFrame = { topologyName: plan.topology.name, objective: objectiveOf(run), contextTokens: model.profile.contextTokens }
  const turns = new TurnTaker({ journal, wanted: model, understudyOf: (maxOutputTokens) => findUnderstudy(deps, model, maxOutputTokens), signal })
  const tally = new TurnTally(deps.nowMs)
  const opener = createSeatOpener(deps, attempt, seats)
  const toolContext = createToolContext(deps, attempt, history, material.documents)
  const colleagues = new RunColleagues({ ...attempt, ...deps, ...deps.staff, toolContext })

  const agentOf = ({ specialtyId }: Member) => seats.agents.get(specialtyId)
  const outputOf = (maxOutputTokens: number, { model: { profile } }: Player): number => Math.min(maxOutputTokens, profile.maxOutputTokens)

  async function ask<T>(turn: Turn<T>): Promise<Answered<T>> {
    const { key, member, name, schema, prose, task, reads } = turn
    return tally.of(agentOf(member), journal.has(`model:turn:${key}:0`), turns.take(turn, (player) =>
      opener.with(member, player, async ({ prompt, temperature }) => {
        const maxOutputTokens = outputOf(turn.maxOutputTokens, player)
        return askStructured({
          model: meter.metered(scopeOf(key, player), player.model),
          schema,
          name,
          messages: turnMessages(frame, { prompt, member, task, reads, maxOutputTokens }),
          maxOutputTokens,
          temperature: turn.temperature ?? temperature,
          signal,
          ...(prose ? { prose } : {}),
        })
      }),
    ))
  }

  async function work(turn: WorkTurn): Promise<Answered<string>> {
    const { key, member, task, reads } = turn
    return tally.of(agentOf(member), journal.has(`model:turn:${key}:0`), turns.take(turn, (player) =>
      opener.with(member, player, async (instance) => {
        const maxOutputTokens = outputOf(turn.maxOutputTokens, player)
        const system = systemPromptOf(frame, { prompt: instance.prompt, member })
        const agent = agentOf(member)
        const { text } = await answer({
          agent: { ...instance, prompt: system, temperature: turn.temperature ?? instance.temperature, maxOutputTokens },
          history: [],
          request: turnTextOf(frame, system, { task, reads, maxOutputTokens }),
          model: meter.metered(scopeOf(key, player), player.model),
          steps: { onceTool: (tool, effect) => journal.once(`turn:${key}:${tool}`, effect) },
          toolContext: agent ? { ...toolContext, colleagues: colleagues.for(agent, `${key}:`) } : toolContext,
          signal,
        })
        return text
      }),
    ))
  }

  const hear = hearPeople(attempt)
  return {
    objective: objectiveOf(run),
    material: [...materialOf(history), ...(material.outline === '' ? [] : [{ title: 'Documents', text: material.outline }])],
    members: seats.members,
    judges: seats.judges,
    rounds: plan.rounds,
    random: randomOf(run.runId),
    turns,
    tally,
    ask,
    work,
    stopsBefore: (key, calls) => obstacleBefore({ ...attempt, turns, tally, profile: model.profile, objective: objectiveOf(run), nowMs: deps.nowMs }, key, calls),
    hear,
    embed: (key, texts) => embedKept(deps, attempt, key, texts),
  }
}

const scopeOf = (key: string, { isUnderstudy }: Player): string => `${isUnderstudy ? 'understudy' : 'turn'}:${key}`

/** Another model than those that were tried; where there is none, the wanted one again, with a generalist in the seat. */
function findUnderstudy({ alternativesFor }: RunDeps, model: NamedModel, maxOutputTokens: number): NamedModel {
  const tried = new Set((model.model.profiles ?? [model.profile]).map(({ id }) => id))
  const others = alternativesFor({ messages: [], maxOutputTokens, responseSchema: { name: 'turn', schema: {} } }).filter(({ profile }) => !tried.has(profile.id))
  return others.toSorted((a, b) => b.profile.quality - a.profile.quality)[0] ?? model
}

function materialOf(history: readonly ThreadLine[]): readonly Reading[] {
  const text = history.map((line) => `${line.author}: ${line.text}`).join('\n')
  return text === '' ? [] : [{ title: 'The thread so far', text: text.slice(-maxHistoryChars).toWellFormed() }]
}

type Seated = Pick<AgentInstance, 'prompt' | 'temperature' | 'tools' | 'toolSpecs'>

/** Brings whoever sits in a seat to life for one turn. A turn holds no instance while it waits for another. */
function createSeatOpener({ catalogue, tools, staff }: RunDeps, { signal }: RunAttempt, { judges, agents }: Seats) {
  const guests = new Map<string, AgentInstance>()
  const neutral = new Set(judges.filter(({ role }) => role === '').map(({ id }) => id))
  const partsOf = (specialtyId: string) => ({ specialty: specialtyOf(catalogue, specialtyId), tools, specialties: catalogue.list() })
  const guestOf = (specialtyId: string): AgentInstance => {
    const parts = partsOf(specialtyId)
    const guest = guests.get(specialtyId) ?? createAgentInstance({ agentId: '' as AgentId, name: parts.specialty.name, config: buildStoredConfig(parts.specialty, {}) }, parts)
    guests.set(specialtyId, guest)
    return guest
  }
  return {
    async with<T>({ id, specialtyId }: Member, { isUnderstudy }: Player, act: (seated: Seated) => Promise<T>): Promise<T> {
      if (neutral.has(id)) return act({ prompt: judgePrompt, temperature: judgeTemperature, tools: [], toolSpecs: [] })
      const agent = isUnderstudy ? undefined : agents.get(specialtyId)
      if (!agent) return act(guestOf(isUnderstudy ? catalogue.generalistId : specialtyId))
      const lease = await staff.opener.open(agent, partsOf(specialtyId), signal)
      try {
        return await act(lease.instance)
      } finally {
        lease.release()
      }
    },
  }
}
