import { z } from 'zod'
import { toolError } from './tool.ts'
import type { Tool } from './tool.ts'

const maxQueryChars = 500
/** As many passages as fit a tool's result. */
export const maxPassagesRead = 6

const none = toolError('There is no long text or file here. Answer from the request and the thread.')

const searchInput = z.object({
  query: z.string().min(1).max(maxQueryChars).describe('What to look for, in words that would stand in the text itself'),
})

const searchDocument: Tool<z.infer<typeof searchInput>> = {
  name: 'search_document',
  description: 'Find passages of the long texts and files of this thread by meaning. Use it before you answer about them, with one question at a time.',
  input: searchInput,
  async run({ query }, { signal, documents }) {
    signal.throwIfAborted()
    return documents ? documents.search(query) : none
  },
}

const readInput = z.object({
  passage: z.int().min(1).describe('Number of the first passage: 12 for [p12]'),
  count: z.int().min(1).max(maxPassagesRead).nullish().describe(`How many passages from there on, 1 to ${maxPassagesRead}; default 1`),
})

const readPassage: Tool<z.infer<typeof readInput>> = {
  name: 'read_passage',
  description: 'Read passages of the long texts and files of this thread by their numbers, for example to see what stands before and after one that you found.',
  input: readInput,
  async run({ passage, count }, { signal, documents }) {
    signal.throwIfAborted()
    return documents ? documents.read(passage, count ?? 1) : none
  },
}

/** Offered to every agent of a run that has documents, whatever its specialty names. */
export const documentTools: readonly Tool<never>[] = [searchDocument as unknown as Tool<never>, readPassage as unknown as Tool<never>]
