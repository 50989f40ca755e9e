import type { RecipeChange } from '../../learning/workflows/recipe.ts'

/** What a recipe can name, as it is configured for a workspace now. */
export interface KnownNames {
  readonly specialties: readonly { readonly id: string; readonly name: string }[]
  readonly models: readonly string[]
  readonly tools: readonly string[]
  readonly topologies: readonly string[]
}

/** The fields of a recipe whose values have to exist. */
export const namedFields = ['who', 'model', 'tools', 'topology'] as const
export type NamedField = (typeof namedFields)[number]

export interface ReadChange {
  readonly change: RecipeChange
  /** What was wished and does not exist, as sentences for the person. */
  readonly told: readonly string[]
  /** Fields that the remark speaks of and that these rules could not read. */
  readonly open: readonly NamedField[]
}

type Reader = (said: string, known: KnownNames) => { readonly change?: RecipeChange; readonly told?: string; readonly isOpen?: boolean }

/** Remarks are a sentence or two. */
const maxReadChars = 4_000

/**
 * Reads plain wishes out of a remark: "use the writer", "as a table", "with gpt-6-luna", "let three debate it", "without the web".
 * No model is asked, what is not said is not changed, and what is denied ("not the writer") counts for nothing.
 */
export function readChange(remark: string, known: KnownNames): ReadChange {
  const said = remark.slice(0, maxReadChars)
  const found = namedFields.map((field) => ({ field, ...readers[field](said, known) }))
  const format = readFormat(said)
  return {
    change: Object.assign({}, ...found.map(({ change }) => change), format === undefined ? {} : { format }),
    told: found.flatMap(({ told }) => told ?? []),
    open: found.filter(({ isOpen }) => isOpen === true).map(({ field }) => field),
  }
}

const fieldWords: Readonly<Record<NamedField, string>> = { who: 'specialist', model: 'model', tools: 'tool', topology: 'form of work' }

export const wordsOf = (fields: readonly NamedField[]): string => fields.map((field) => fieldWords[field]).join(' and ')

const after = String.raw`(?=\s*(?:$|[.,;:!?)]|(?:for|to|instead|next|and|please|do|does|answer|write|handle|agent|specialist|as|in|with|or)\b))`
const denial = /(?:\bnot|n't|\bnever|\bno longer|\bwithout|\binstead of|\brather than)(?:\s+(?:use|ask|let|have|with|by|as|an?|the))*\s*$/i

/** The matches that nothing before them denies. */
const affirmed = (said: string, pattern: RegExp): RegExpExecArray[] => [...said.matchAll(pattern)].filter(({ index }) => !denial.test(said.slice(Math.max(0, index - 40), index)))

const readers: Readonly<Record<NamedField, Reader>> = { who: readWho, model: readModel, tools: readTools, topology: readTopology }

const speaksOfWho = /\b(?:use|ask|let|have|want|need|by|take|another|different|other)\b[^.;!?\n]{0,40}\b(?:specialist|agent|expert)\b|\b(?:someone|somebody)\b[^.;!?\n]{0,40}\b(?:should|knows|who)\b/i

function readWho(said: string, { specialties }: KnownNames): ReturnType<Reader> {
  const ids = new Map(specialties.flatMap(({ id, name }) => [id, id.replaceAll('-', ' '), name].map((word): [string, string] => [word.toLowerCase(), id])))
  const names = alternatives([...ids.keys()])
  if (names === '') return {}
  const asked = new RegExp(`\\b(?:use|ask|by|let|have|get|take|give (?:it|this|these) to|(?:route|send|pass) (?:it|this|these|such requests?) to)\\s+(?:the|an?|our|your)\\s+(?<name>${names})${after}`, 'gi')
  const subject = new RegExp(`\\b(?:the|an?|our|your)\\s+(?<name>${names})\\s+(?:should|shall|must|is to)\\b`, 'gi')
  const found = new Set([...affirmed(said, asked), ...affirmed(said, subject)].map(({ groups }) => ids.get((groups?.['name'] ?? '').toLowerCase())))
  const [specialtyId] = found
  if (found.size === 1 && specialtyId !== undefined) return { change: { specialtyId } }
  return { isOpen: found.size > 1 || speaksOfWho.test(said) }
}

const use = String.raw`\b(?:use|using|with|on|by|via|to|through|model:?)\s+(?:the\s+)?(?:model\s+)?`
const likeModel = new RegExp(`${use}\`?(?<name>(?:gpt|claude|gemini|llama|mistral|qwen|deepseek|grok|o\\d)[\\w:/-]*(?:\\.\\d[\\w:/-]*)*)`, 'gi')
const speaksOfModel = /\b(?:cheaper|better|stronger|faster|smaller|bigger|larger|different|other|another|newer|best|cheapest|fastest|strongest)\s+(?:\w+\s+)?model\b|\b(?:use|switch to|try)\s+(?:\w+\s+){0,3}model\b/i

function readModel(said: string, { models }: KnownNames): ReturnType<Reader> {
  const ids = new Map(models.map((id) => [id.toLowerCase(), id]))
  const found = new Set(affirmed(said, likeModel).map(({ groups }) => groups?.['name'] ?? ''))
  const names = alternatives([...ids.keys()])
  if (names !== '') for (const { groups } of affirmed(said, new RegExp(`${use}\`?(?<name>${names})(?![\\w-]|\\.\\w)`, 'gi'))) found.add(groups?.['name'] ?? '')
  const modelIds = new Set([...found].flatMap((name) => ids.get(name.toLowerCase()) ?? []))
  const [modelId] = modelIds
  if (modelIds.size === 1 && modelId !== undefined) return { change: { modelId } }
  const [unknown] = found
  if (modelIds.size === 0 && unknown !== undefined) return { told: `There is no model \`${unknown.slice(0, 60)}\` here, so the model stays as it is.` }
  return { isOpen: modelIds.size > 1 || speaksOfModel.test(said) }
}

/** What people call the tools. */
const toolWords: readonly (readonly [tool: string, words: string])[] = [
  ['calculator', 'calculator'],
  ['fetch_url', 'web|internet|web pages?|fetch_url'],
  ['date_time', 'calendar|date_time'],
  ['read_thread', 'read_thread'],
  ['request_assistance', 'colleagues|request_assistance'],
  ['recall', 'memory|recall'],
]
const speaksOfTools = /\b(?:with|without|use|using|only|other|different)\s+(?:\w+\s+){0,2}tools?\b/i

function readTools(said: string, { tools }: KnownNames): ReturnType<Reader> {
  if (/\b(?:without|no|don't use)\s+(?:any\s+)?tools\b/i.test(said)) return { change: { tools: [] } }
  const named = (before: string): string[] => toolWords.flatMap(([tool, words]) => (tools.includes(tool) && new RegExp(`\\b(?:${before})\\s+(?:the\\s+)?(?:${words})\\b`, 'i').test(said) ? [tool] : []))
  const only = named('only(?:\\s+(?:use|with))?|nothing but')
  if (only.length > 0) return { change: { tools: only } }
  const dropTools = named("without|no|don't use|do not use|never use")
  if (dropTools.length > 0) return { change: { dropTools } }
  return { isOpen: speaksOfTools.test(said) }
}

const several = String.raw`(?:two|three|four|five|six|seven|\d{1,2}|several|some|many|a few|multiple)(?:\s+(?:of\s+)?(?:\w+\s+)?(?:agents|specialists|experts|them|you))?`
const letSeveral = new RegExp(`\\b(?:let|have|get|ask|make)\\s+${several}\\s+(?:to\\s+)?(?<verb>debate|argue|compete|collaborate|vote|discuss|brainstorm)\\b`, 'gi')
const asForm = /\b(?:as|in|by|with|hold|run|use|start)\s+an?\s+(?<verb>debate|competition|collaboration|vote|particle swarm)\b/gi
const topologyOf: Readonly<Record<string, string>> = { argue: 'debate', competition: 'compete', collaboration: 'collaborate', vote: 'collaborate', discuss: 'collaborate', brainstorm: 'collaborate', 'particle swarm': 'particle' }
const alone = /\b(?:without|no)\s+(?:an?\s+|any\s+)?(?:debate|swarm|competition|vote)\b|\b(?:one|a single|just one)\s+(?:agent|specialist)\s+(?:is enough|will do|suffices)\b/i
const speaksOfSeveral = /\b(?:several|multiple|a team of|a panel of|two|three|four|five)\s+(?:\w+\s+)?(?:agents|specialists|experts)\b|\b(?:as|use|with|by)\s+a\s+swarm\b/i

function readTopology(said: string, { topologies }: KnownNames): ReturnType<Reader> {
  if (alone.test(said)) return { change: { clear: ['topology'] } }
  const verbs = [...affirmed(said, letSeveral), ...affirmed(said, asForm)].map(({ groups }) => (groups?.['verb'] ?? '').toLowerCase())
  const found = new Set(verbs.map((verb) => topologyOf[verb] ?? verb).filter((name) => topologies.includes(name)))
  const [topology] = found
  if (found.size === 1 && topology !== undefined) return { change: { topology } }
  return { isOpen: found.size > 1 || speaksOfSeveral.test(said) }
}

const mostFormats = 3
const formats = String.raw`table|list|bullet (?:points?|list)|bullets?|json|csv|paragraphs?|e-?mail|memo|checklist|steps|sentences?|haiku`
const formatPattern = new RegExp(`\\b(?:as|in|into|make it|keep it to|give me|use(?=\\s+(?:an?|one|two|three|four|five|short|numbered|bullet\\w*|markdown|json|csv)\\b))\\s+(?<format>(?:(?:an?|one|two|three|four|five|at most|short|numbered|bulleted|markdown|simple|single)\\s+){0,3}(?:${formats}))\\b`, 'gi')

/** All that is wished, in the order it was said. */
function readFormat(said: string): string | undefined {
  const found = new Set(affirmed(said, formatPattern).map(({ groups }) => groups?.['format'] ?? ''))
  return found.size === 0 ? undefined : [...found].slice(0, mostFormats).join(', ')
}

/** Longest first, so that a name that begins like another is read whole. */
const alternatives = (names: readonly string[]): string => names.toSorted((a, b) => b.length - a.length).map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')
