import { createHash } from 'node:crypto'
import type { AgentContext, StoredAgentConfig } from '../storage/records.ts'
import type { Specialty } from './specialty.ts'

/** A context is a remark, not a document; it comes from people and from other agents. */
const maxPartChars = 300

const urgencyLines = {
  high: 'Time is short here: give what can be used at once, and leave out what can wait.',
  normal: '',
  low: 'There is no hurry here: prefer the thorough answer to the quick one.',
} as const

/** What is stored of a new agent: prompt, temperature and tools of its specialty, and what it was spawned for. */
export function buildStoredConfig(specialty: Specialty, context: AgentContext): StoredAgentConfig {
  const { temperature, tools } = specialty
  return { prompt: buildPrompt(specialty, context), temperature, tools, context, basis: basisOf(specialty) }
}

/** The stored configuration, or one made anew when it comes from an older version of the specialty. */
export function currentConfig(config: StoredAgentConfig, specialty: Specialty): StoredAgentConfig {
  return config.basis === basisOf(specialty) ? config : buildStoredConfig(specialty, config.context)
}

/**
 * Without a context the prompt is the specialty's own to the letter, so that a provider's prompt cache serves all agents of
 * a specialty.
 */
function buildPrompt({ prompt, name }: Specialty, { focus, expertise, urgency, parentName }: AgentContext): string {
  const lines = [
    focus && `As ${name} you concentrate on: ${oneLine(focus)}`,
    expertise && `You know especially well: ${oneLine(expertise)}`,
    urgency && urgencyLines[urgency],
    parentName && `The ${oneLine(parentName)} of this team called you in and relies on what you find.`,
  ].filter((line) => line)
  return lines.length === 0 ? prompt : `${prompt}\n\n${lines.join('\n')}`
}

const basisOf = ({ prompt, temperature, tools }: Specialty): string => createHash('sha256').update(JSON.stringify([prompt, temperature, tools])).digest('base64url').slice(0, 12)

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, maxPartChars)
