import { make } from './make.ts'
import { safeUrl } from './safe-url.ts'

/** Renders a link that opens elsewhere; an address that is not safe to follow stays text. */
export function renderLink(address: string, label = ''): HTMLElement {
  const url = safeUrl(address)
  if (url === undefined) return make('span', { class: 'unsafe-link' }, label || address)
  return make('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow', title: url }, label || address)
}
