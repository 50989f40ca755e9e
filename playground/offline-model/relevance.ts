import { cueScore, fieldNamed } from './fields.ts'
import { overlapOf, stemsOf } from './words.ts'

/** What people say when they want one of the ways a swarm works, or one of the parts of a recipe changed. */
const otherCues: readonly (readonly [name: RegExp, request: RegExp])[] = [
  [/^debate/i, /\b(should we|should i|debate|pros and cons|argue|versus|vs|or not|for and against|is it better)\b/gi],
  [/^compet/i, /\b(best of|best|slogans?|taglines?|names?|variants?|headlines?|compete|contest)\b/gi],
  [/^collaborat/i, /\b(agree|consensus|together|vote|decide|choose|opinions?|collaborate)\b/gi],
  [/^plan/i, /\b(plan|build|launch|organi[sz]e|steps|project|roadmap|migrat\w+|prepare)\b/gi],
  [/^particle/i, /\b(optimi[sz]e|explore|brainstorm|tune|search for|many ideas|refine)\b/gi],
  [/^auto/i, /\b(until (it is )?done|keep going|autonomous(ly)?|on your own|by yourself|work through)\b/gi],
  [
    /format|style|layout/i,
    /\b(tables?|bullets?|bullet points?|lists?|markdown|headings?|format(ted)?|layout|numbered|emojis?)\b/gi,
  ],
  [/model/i, /\b(model|smarter|cheaper|faster|better quality|too slow|too expensive)\b/gi],
  [/tool/i, /\b(tools?|calculator|web|fetch|search|look up)\b/gi],
  [
    /guidance|instruction|prompt/i,
    /\b(shorter|longer|brief|concise|detail(ed)?|tone|examples?|always|never|formal|friendly|simpler)\b/gi,
  ],
  [/critical|urgent/i, /\b(outage|down|emergency|asap|immediately|production is)\b/gi],
  [/high|hard|complex/i, /\b(urgent(ly)?|important|soon|today|quickly|complex|difficult|architecture|deep)\b/gi],
  [/^low|trivial|easy|simple/i, /\b(whenever|no hurry|someday|low priority|simple|small|quick)\b/gi],
  [/negative|unhappy|bad/i, /\b(wrong|bad|useless|terrible|disappointed|not good|hate)\b/gi],
  [/positive|happy|good/i, /\b(great|thanks|perfect|good|love|excellent)\b/gi],
]

/** How well the name and description of an option fit a request: cue words count most, shared words less. 0 or more. */
export function relevanceOf(
  option: string,
  description: string,
  request: string,
  requestStems: ReadonlySet<string>,
): number {
  const name = option.replace(/[_-]/g, ' ')
  const field = fieldNamed(name)
  let score = 2 * cueScore(field, request)
  for (const [names, cues] of otherCues) {
    if (names.test(option)) score += 2 * new Set(request.match(cues)?.map((cue) => cue.toLowerCase())).size
  }
  score += 2 * overlapOf(stemsOf(name), requestStems)
  score += overlapOf(stemsOf(description), requestStems)
  return score
}

/** Whether a name stands for "whoever takes what nobody else takes". */
export function isGeneral(name: string): boolean {
  return /general|default|other|normal|medium|neutral|none/i.test(name)
}
