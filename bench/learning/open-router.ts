import { serialize } from 'node:v8'
import { LearnedRouter, type FormerModel, type LearnedRouterOptions, type Teacher } from '../../src/learning/router/learned-router.ts'
import { teach } from '../../src/learning/router/teach.ts'
import type { Specialists } from './specialists.ts'

/** Teaches in this thread: every run meets the newest model, so the same seed gives the same figures on any machine. */
const teachInline: Teacher = {
  teach: async (lessons) => {
    const model = teach(lessons)
    return { model, bytes: new Uint8Array(serialize(model)) }
  },
}

/** A router that knows its specialists' cards. */
export async function openRouter(specialists: Specialists, over: Partial<LearnedRouterOptions> = {}, former?: FormerModel, history: readonly string[] = []): Promise<LearnedRouter> {
  const onError = (error: unknown): never => {
    throw error
  }
  const router = new LearnedRouter({ teacher: teachInline, onError, ...over })
  for (const text of history) router.observe(text)
  router.registerCards(specialists.cards, specialists.fallbackId, former)
  await router.settled()
  return router
}
