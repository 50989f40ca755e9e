import { renderAvatar } from './avatar.ts'
import type { Directory } from './directory.ts'
import { icon } from './icon.ts'
import { make } from './make.ts'
import type { PlayState } from './play-state.ts'
import type { Screen } from './screen.ts'
import type { Channel, Member } from './wire.ts'

/** What a person can do in the sidebar. */
export interface SidebarHandlers {
  readonly openPlace: (place: string) => void
  readonly actAs: (user: string) => void
}

/** Draws the sidebar: workspace, channels, direct messages, apps, and who is acting. */
export function renderSidebar(
  state: PlayState,
  screen: Screen,
  unread: ReadonlyMap<string, number>,
  handlers: SidebarHandlers,
): HTMLElement {
  const { directory } = state
  const item = (channel: Channel): HTMLElement =>
    renderItem(
      channel.id,
      directory.channelName(channel.id),
      renderMark(channel, directory),
      screen,
      unread.get(channel.id) ?? 0,
      handlers,
    )
  const direct = directory.channels.filter((one) => one.isIm)
  const bot = directory.member(state.botUserId)
  return make(
    'nav',
    { class: 'sidebar', 'aria-label': 'Workspace' },
    make(
      'div',
      { class: 'workspace-name' },
      make('span', { class: 'workspace-mark', 'aria-hidden': 'true' }, icon('murmur')),
      state.teamName,
    ),
    make(
      'div',
      { class: 'sidebar-scroll' },
      renderSection('Channels', directory.channels.filter((one) => !one.isIm).map(item)),
      renderSection('Direct messages', direct.map(item)),
      renderSection(
        'Apps',
        bot === undefined ? [] : [renderItem('home', bot.name, renderMemberAvatar(bot), screen, 0, handlers, 'Home')],
      ),
    ),
    renderSwitcher(directory, handlers),
  )
}

function renderSection(title: string, items: readonly HTMLElement[]): HTMLElement {
  const id = `section-${title.replace(/\W/g, '-').toLowerCase()}`
  return make(
    'section',
    { 'aria-labelledby': id },
    make('h2', { id }, title),
    make('div', { class: 'sidebar-items' }, ...items),
  )
}

function renderItem(
  place: string,
  name: string,
  mark: Node,
  screen: Screen,
  unread: number,
  handlers: SidebarHandlers,
  hint = '',
): HTMLElement {
  const isOpen = screen.place === place
  return make(
    'button',
    {
      type: 'button',
      class: unread > 0 && !isOpen ? 'sidebar-item unread' : 'sidebar-item',
      'data-place': place,
      'aria-current': isOpen && 'page',
      'aria-label': [name, hint, unread > 0 ? `, ${unread} unread` : '']
        .filter((one) => one !== '')
        .join(' ')
        .replace(' ,', ','),
      onclick: () => handlers.openPlace(place),
    },
    mark,
    make('span', { class: 'sidebar-name' }, name),
    hint !== '' && make('span', { class: 'sidebar-hint' }, hint),
    unread > 0 && !isOpen && make('span', { class: 'unread-count' }, String(unread)),
  )
}

function renderMark(channel: Channel, directory: Directory): Node {
  if (!channel.isIm) return icon(channel.isPrivate ? 'lock' : 'hash')
  const other = directory.member(channel.otherUserId)
  return other === undefined ? icon('mention') : renderMemberAvatar(other)
}

function renderMemberAvatar(member: Member): HTMLElement {
  return renderAvatar(
    { name: member.isBot ? member.name : member.realName, isApp: member.isBot, iconEmoji: '', iconUrl: '' },
    'small',
  )
}

function renderSwitcher(directory: Directory, handlers: SidebarHandlers): HTMLElement {
  const people = directory.members.filter((one) => !one.isBot)
  return make(
    'div',
    { class: 'switcher', role: 'radiogroup', 'aria-label': 'Act as' },
    make('span', { class: 'switcher-title' }, 'Act as'),
    ...people.map((person) =>
      make(
        'button',
        {
          type: 'button',
          role: 'radio',
          class: 'person',
          'data-person': person.id,
          'aria-checked': String(person.id === directory.me.id),
          title: describeRole(person),
          onclick: () => handlers.actAs(person.id),
        },
        renderMemberAvatar(person),
        make('span', { class: 'person-name' }, person.realName.split(' ')[0] ?? person.name),
        renderRole(person),
      ),
    ),
  )
}

function renderRole(person: Member): HTMLElement | false {
  const role = person.isAdmin ? 'admin' : person.isRestricted ? 'guest' : ''
  return role !== '' && make('span', { class: 'role' }, role)
}

function describeRole(person: Member): string {
  return person.isAdmin
    ? `${person.realName} is an admin of this workspace`
    : person.isRestricted
      ? `${person.realName} is a guest`
      : person.realName
}
