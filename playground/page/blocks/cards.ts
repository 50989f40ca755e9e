import type { RenderContext } from '../elements/render-context.ts'
import { renderElement } from '../elements/render-element.ts'
import { icon } from '../icon.ts'
import { make } from '../make.ts'
import { readList, readObject, type Json } from '../read-json.ts'
import { renderTextObject } from '../render-mrkdwn.ts'
import { readTextObject } from '../read-text-object.ts'

/** Renders a card: banner image, icon with title and subtitle, body, buttons. */
export function renderCard(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const image = (name: string): HTMLElement | undefined =>
    renderElement({ element: readObject(block[name]), blockId, context })
  const line = (name: string, className: string): HTMLElement | undefined =>
    block[name] === undefined
      ? undefined
      : make('div', { class: `mrkdwn ${className}` }, renderTextObject(readObject(block[name]), context.directory))
  const hero = image('hero_image')
  const small = image('icon')
  const actions = readList(block['actions']).map((element) => renderElement({ element, blockId, context }))
  return make(
    'article',
    { class: 'card', 'aria-label': readTextObject(block['title']) || 'Card' },
    hero !== undefined && make('div', { class: 'card-hero' }, hero),
    make(
      'div',
      { class: 'card-head' },
      small !== undefined && make('div', { class: 'card-icon' }, small),
      make('div', {}, line('title', 'card-title'), line('subtitle', 'card-subtitle')),
    ),
    line('body', 'card-body'),
    actions.length > 0 && make('div', { class: 'actions' }, ...actions),
  )
}

/** Renders cards side by side; the arrows scroll by one card. */
export function renderCarousel(block: Json, context: RenderContext, blockId: string): HTMLElement {
  const cards = readList(block['elements'])
    .slice(0, 10)
    .map((card) => renderCard(card, context, blockId))
  const strip = make('div', { class: 'carousel-strip', tabindex: 0 }, ...cards)
  const scroll = (direction: number) => (): void =>
    strip.scrollBy({ left: direction * (cards[0]?.offsetWidth ?? 240), behavior: 'smooth' })
  return make(
    'div',
    { class: 'carousel', role: 'group', 'aria-roledescription': 'carousel', 'aria-label': `${cards.length} cards` },
    make(
      'button',
      { type: 'button', class: 'carousel-arrow', 'aria-label': 'Previous card', onclick: scroll(-1) },
      icon('chevron-left'),
    ),
    strip,
    make(
      'button',
      { type: 'button', class: 'carousel-arrow', 'aria-label': 'Next card', onclick: scroll(1) },
      icon('chevron-right'),
    ),
  )
}
