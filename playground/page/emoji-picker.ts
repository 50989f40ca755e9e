import { findEmoji, searchEmoji } from './emoji.ts'
import { make } from './make.ts'
import { openPopover } from './popover.ts'

const shownEmoji = 48
const usual = '+1 -1 smile tada heart eyes white_check_mark x rocket pray thinking fire bulb warning bird brain'.split(
  ' ',
)

/** Opens a picker; the chosen emoji's name goes to `choose`. */
export function openEmojiPicker(anchor: HTMLElement, choose: (name: string) => void): void {
  const grid = make('div', { class: 'emoji-grid' })
  const show = (query: string): void => {
    const found =
      query === '' ? usual.map((name) => ({ name, emoji: findEmoji(name) ?? '' })) : searchEmoji(query, shownEmoji)
    grid.replaceChildren(
      ...found.map(({ name, emoji }) =>
        make(
          'button',
          {
            type: 'button',
            class: 'tool',
            'aria-label': name.replaceAll('_', ' '),
            title: `:${name}:`,
            onclick: () => {
              close()
              choose(name)
            },
          },
          emoji,
        ),
      ),
    )
  }
  const field = make('input', {
    type: 'text',
    role: 'searchbox',
    class: 'field',
    placeholder: 'Search emoji',
    'aria-label': 'Search emoji',
    autofocus: true,
    oninput: () => show(field.value.trim().toLowerCase()),
  })
  show('')
  const close = openPopover(anchor, 'Emoji', make('div', { class: 'emoji-picker' }, field, grid))
  field.focus()
}
