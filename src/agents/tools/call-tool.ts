import { z } from 'zod'
import { MurmurError } from '../../errors.ts'
import { boundText, toolError } from './tool.ts'
import type { Tool, ToolContext } from './tool.ts'

/**
 * Runs a tool on arguments as a model wrote them: parses, runs, bounds.
 * Wrong arguments and failures of the tool come back as text starting with `Error:`.
 * @throws the signal's reason when the run is cancelled, and a MurmurError of the tool, which is the run's matter
 */
export async function callTool<Input>(tool: Tool<Input>, rawInput: unknown, context: ToolContext): Promise<string> {
  context.signal.throwIfAborted()
  const parsed = tool.input.safeParse(rawInput)
  if (!parsed.success) return boundText(toolError(describeProblems(tool.name, parsed.error)))
  try {
    return boundText(await tool.run(parsed.data, context))
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof MurmurError) throw new MurmurError(error.code, { ...error.details, tool: tool.name }, { cause: error })
    // A tool that throws otherwise has a bug; the run goes on without it, and the message may hold anything, so only
    // its kind is told.
    const kind = error instanceof Error ? error.name : typeof error
    return toolError(`${tool.name} failed unexpectedly (${kind}). Go on without it and say so.`)
  }
}

function describeProblems(name: string, error: z.ZodError): string {
  const problems = error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`)
  return `The arguments of ${name} do not fit (${problems.join('; ')}). Call it again with arguments of its schema.`
}
