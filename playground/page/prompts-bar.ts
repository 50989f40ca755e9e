import type { Prompts } from './conversation-store.ts'
import { make } from './make.ts'
import { readText } from './read-json.ts'

const maxPrompts = 8

/** Draws the suggested prompts of a conversation; a click sends one. */
export function renderPrompts(prompts: Prompts | undefined, send: (text: string) => void): HTMLElement | undefined {
  if (prompts === undefined || prompts.prompts.length === 0) return undefined
  return make(
    'div',
    { class: 'prompts', role: 'group', 'aria-label': 'Suggested prompts' },
    prompts.title !== '' && make('div', { class: 'prompts-title' }, prompts.title),
    ...prompts.prompts
      .slice(0, maxPrompts)
      .map((prompt) =>
        make(
          'button',
          {
            type: 'button',
            class: 'prompt',
            title: readText(prompt['message']),
            onclick: () => send(readText(prompt['message'])),
          },
          readText(prompt['title']),
        ),
      ),
  )
}
