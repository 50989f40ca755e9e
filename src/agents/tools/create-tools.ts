import { calculator } from './calculator.ts'
import { dateTime } from './date-time.ts'
import { createFetchUrl } from './fetch-url.ts'
import { messageAgent } from './message-agent.ts'
import { readThread } from './read-thread.ts'
import { createRequestAssistance } from './request-assistance.ts'
import { recall } from './recall.ts'
import { remember } from './remember.ts'
import type { Tool } from './tool.ts'
import { publicWeb } from './web-access.ts'
import type { WebAccess } from './web-access.ts'

/** Every tool that works without a key, in the order of `toolNames`. Their libraries are loaded on first use. */
export function createTools(access: WebAccess = publicWeb): readonly Tool<never>[] {
  return [forAny(readThread), forAny(calculator), forAny(dateTime), forAny(createFetchUrl(access)), forAny(createRequestAssistance()), forAny(messageAgent), forAny(remember), forAny(recall)]
}

/** In a list the input's type is gone; `callTool` brings it back by parsing with the tool's own schema. */
const forAny = <Input>(tool: Tool<Input>): Tool<never> => tool as unknown as Tool<never>
