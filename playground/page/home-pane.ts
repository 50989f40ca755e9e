import { renderBlocks } from './blocks/render-blocks.ts'
import type { Directory } from './directory.ts'
import { InputDraft } from './elements/input-draft.ts'
import type { ElementUse } from './elements/render-context.ts'
import { readSubmission, type Submission } from './elements/submission.ts'
import { make } from './make.ts'
import { readList, readObject, readText, type Json } from './read-json.ts'

/** The app's Home tab of one person. */
export class HomePane {
  readonly element = make('div', { class: 'home', role: 'region', 'aria-label': 'App Home' })
  readonly #memory = new Map<string, unknown>()
  #draft = new InputDraft()
  #viewId = ''
  #signature = ''

  /**
   * Shows a view, or what an app shows before it has published one. A view that did not change is left as it stands.
   */
  show(
    view: Json,
    directory: Directory,
    act: (viewId: string, use: ElementUse, submission: Submission) => Promise<void>,
  ): void {
    const signature = JSON.stringify([view, directory.me.id])
    if (signature === this.#signature) return
    this.#signature = signature
    const id = readText(view['id'])
    if (id !== this.#viewId) this.#draft = new InputDraft()
    this.#viewId = id
    const content = Object.hasOwn(view, 'content') ? readObject(view['content']) : view
    const blocks = readList(content['blocks'])
    const scrollTop = this.element.scrollTop
    if (blocks.length === 0) {
      this.element.replaceChildren(make('p', { class: 'empty' }, 'This app has not published its Home yet.'))
      return
    }
    this.element.replaceChildren(
      make(
        'div',
        { class: 'home-content' },
        renderBlocks(blocks, {
          surface: 'home',
          directory,
          draft: this.#draft,
          memory: this.#memory,
          act: (use) => act(id, use, readSubmission(this.#draft, this.element)),
        }),
      ),
    )
    this.element.scrollTop = scrollTop
  }
}
