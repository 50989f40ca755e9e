import { icon } from './icon.ts'
import { make } from './make.ts'
import type { PlayState } from './play-state.ts'

/** Draws the bar on top: the notice about the model, the connection, and the fault switches. */
export function renderTopBar(
  state: PlayState,
  isConnected: boolean,
  openFaults: (anchor: HTMLElement) => void,
): readonly (HTMLElement | false)[] {
  const count = state.faults.length
  const faults = make(
    'button',
    {
      type: 'button',
      class: count > 0 ? 'top-button armed' : 'top-button',
      'aria-label': count > 0 ? `Fault switches, ${count} on` : 'Fault switches',
      'aria-haspopup': 'dialog',
      onclick: () => openFaults(faults),
    },
    icon('bolt'),
    count > 0 ? `Faults · ${count}` : 'Faults',
  )
  return [
    make(
      'div',
      { class: 'topbar' },
      make('span', { class: 'topbar-title' }, `${state.teamName}: a local stand-in for Slack`),
      make('span', { class: 'spring' }),
      faults,
    ),
    state.banner !== ''
      && make(
        'div',
        { class: 'banner', role: 'note', 'aria-label': 'Notice' },
        icon('info'),
        make('span', {}, state.banner),
      ),
    !isConnected
      && make(
        'div',
        { class: 'banner banner-lost', role: 'alert' },
        icon('warning'),
        'The workspace cannot be reached. Trying again…',
      ),
  ]
}
