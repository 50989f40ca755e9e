// Line drawings on a 20 by 20 grid, made for this page.
const paths = {
  hash: 'M8 3 6.5 17M13.5 3 12 17M3.5 7.5h14M2.5 12.5h14',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  home: 'M3 10 10 3.5 17 10M5 8.5V17h10V8.5M8.5 17v-5h3v5',
  reply: 'M4 4h12v9H9.5L6 16.5V13H4z',
  smile: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M6.8 11.5c1.5 2.7 4.9 2.7 6.4 0M7.5 7.6v.6M12.5 7.6v.6',
  dots: 'M10 4.4v.2M10 9.9v.2M10 15.4v.2',
  close: 'M5 5l10 10M15 5 5 15',
  send: 'M3.5 3.5 17 10 3.5 16.5 5.5 10zM5.5 10H11',
  plus: 'M10 4v12M4 10h12',
  bold: 'M6 4h5a3 3 0 0 1 0 6H6zM6 10h6a3 3 0 0 1 0 6H6z',
  italic: 'M8 4h6M6 16h6M11.5 4l-3 12',
  strike: 'M14 6.5C13.5 3.5 6.5 3.5 6.5 7c0 2 2 2.6 3.5 3M3.5 10h13M6 13.5c.5 3.3 8 3.3 8-.5 0-1.4-.6-2.2-1.6-3',
  code: 'M7 5.5 2.5 10 7 14.5M13 5.5 17.5 10 13 14.5',
  list: 'M8 5h9M8 10h9M8 15h9M3.7 5h.1M3.7 10h.1M3.7 15h.1',
  quote: 'M4 4v12M8 6h9M8 10h9M8 14h6',
  mention: 'M13.2 10a3.2 3.2 0 1 1-6.4 0 3.2 3.2 0 0 1 6.4 0v1.2c0 2.6 3.8 2.2 3.8-1.2a7 7 0 1 0-3 5.7',
  slash: 'M4 4h12v12H4zM8.5 13.5l3-7',
  trash: 'M3.5 5.5h13M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  pencil: 'M4 16l.8-3.5L13.5 3.8l2.7 2.7-8.7 8.7z',
  copy: 'M7 7h9v9H7zM13 7V4H4v9h3',
  bug: 'M7 8a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM8 5.5 6.5 4M12 5.5 13.5 4M3.5 7.5 7 9M16.5 7.5 13 9M3 12h4M13 12h4M4 16.5 7.2 14.5M16 16.5l-3.2-2',
  stop: 'M6 6h8v8H6z',
  check: 'M4 10.5l4 4 8-9',
  'chevron-down': 'M5 7.5l5 5 5-5',
  'chevron-right': 'M7.5 5l5 5-5 5',
  'chevron-left': 'M12.5 5l-5 5 5 5',
  file: 'M5 3h7l3.5 3.5V17H5zM12 3v3.5h3.5',
  refresh: 'M16 10a6 6 0 1 1-2-4.5M16 3v4h-4',
  bolt: 'M11 2.5 4.5 11.5H9.5L8.5 17.5 15.5 8.5H10.5z',
  eye: 'M2.5 10C5 5.5 15 5.5 17.5 10 15 14.5 5 14.5 2.5 10M12 10a2 2 0 1 1-4 0 2 2 0 0 1 4 0',
  play: 'M6 4l10 6-10 6z',
  info: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M10 9v4.5M10 6.3v.2',
  warning: 'M10 3 18 16.5H2zM10 8v4M10 14v.2',
  error: 'M10 2.8a7.2 7.2 0 1 0 0 14.4 7.2 7.2 0 0 0 0-14.4M7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4',
  'thumb-up': 'M3 9h3v8H3zM6 9l3.5-6c1.6 0 2 1.2 1.7 2.5L10.7 8H15c1.5 0 2 1 1.7 2.2l-1.3 5.3c-.2.9-.8 1.5-1.7 1.5H6',
  'thumb-down':
    'M3 11h3V3H3zM6 11l3.5 6c1.6 0 2-1.2 1.7-2.5L10.7 12H15c1.5 0 2-1 1.7-2.2L15.4 4.5C15.2 3.6 14.6 3 13.7 3H6',
  murmur:
    'M2.5 13c2-.2 3-2.4 4.2-2.4S8.6 12 9.8 12s1.6-3.6 3.2-3.6 2 2 4.5-.4M5 6.5c.8-.1 1.2-.9 1.7-.9s.8.6 1.3.6M10.5 4.5c.8-.1 1.2-.9 1.7-.9s.8.6 1.3.6',
} as const

/** Name of a drawing this page has. */
export type IconName = keyof typeof paths

/** Draws an icon; it says nothing to a screen reader, its button does. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', `icon icon-${name}`)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', paths[name])
  svg.append(path)
  return svg
}

/** Tells whether a name that came from outside is one of the drawings. */
export function hasIcon(name: string): name is IconName {
  return Object.hasOwn(paths, name)
}
