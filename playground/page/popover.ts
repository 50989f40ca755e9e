import { make } from './make.ts'

const gapPx = 6

/**
 * Opens a panel beside an anchor in the browser's top layer; Escape or a click elsewhere closes it, and focus goes back
 * to the anchor.
 * @param label what a screen reader calls the panel
 * @returns a function that closes it
 */
export function openPopover(anchor: HTMLElement, label: string, content: Node, className = ''): () => void {
  const opener = document.activeElement
  const panel = make(
    'div',
    { class: `popover ${className}`, popover: 'auto', role: 'dialog', 'aria-label': label },
    content,
  )
  // A modal dialog makes the rest of the page inert, so a panel that belongs to it must stand inside it.
  const host = anchor.closest('dialog') ?? document.body
  host.append(panel)
  panel.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState !== 'closed') return
    panel.remove()
    if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus()
  })
  panel.showPopover()
  place(panel, anchor.getBoundingClientRect())
  return () => panel.hidePopover()
}

/** Moves the panel below the anchor, or above it where there is more room, and keeps it inside the window. */
function place(panel: HTMLElement, anchor: DOMRect): void {
  const size = panel.getBoundingClientRect()
  const fitsBelow = anchor.bottom + gapPx + size.height <= window.innerHeight
  const top = fitsBelow ? anchor.bottom + gapPx : anchor.top - gapPx - size.height
  panel.style.top = `${Math.max(gapPx, top)}px`
  panel.style.left = `${Math.max(gapPx, Math.min(anchor.left, window.innerWidth - size.width - gapPx))}px`
}

/** One line of a menu. */
export interface MenuItem {
  readonly label: string
  readonly hint?: string
  readonly isDanger?: boolean
  readonly choose: () => void
}

/** Opens a menu of actions; arrow keys move in it, Enter chooses. */
export function openMenu(anchor: HTMLElement, label: string, items: readonly MenuItem[]): void {
  const menu = make('div', { role: 'menu', 'aria-label': label, class: 'menu' })
  const close = openPopover(anchor, label, menu, 'popover-menu')
  for (const item of items) {
    menu.append(
      make(
        'button',
        {
          type: 'button',
          role: 'menuitem',
          class: item.isDanger === true ? 'menu-item danger' : 'menu-item',
          onclick: () => {
            close()
            item.choose()
          },
        },
        make('span', { class: 'menu-label' }, item.label),
        item.hint !== undefined && make('span', { class: 'menu-hint' }, item.hint),
      ),
    )
  }
  menu.addEventListener('keydown', moveInMenu)
  const panel = menu.parentElement
  if (panel !== null) place(panel, anchor.getBoundingClientRect())
  menu.querySelector('button')?.focus()
}

function moveInMenu(event: KeyboardEvent): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  const menu = event.currentTarget
  if (step === 0 || !(menu instanceof HTMLElement)) return
  event.preventDefault()
  const items = [...menu.querySelectorAll('button')]
  const next = items.findIndex((item) => item === document.activeElement) + step
  items.at(next % items.length)?.focus()
}
