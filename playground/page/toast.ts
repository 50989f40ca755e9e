import { make } from './make.ts'

const shownMs = 6000

/** Shows a short notice at the bottom for six seconds. */
export function showToast(text: string, kind: 'info' | 'error' = 'error'): void {
  const host =
    document.querySelector('.toasts')
    ?? document.body.appendChild(make('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' }))
  const toast = make('div', { class: `toast toast-${kind}` }, text)
  host.append(toast)
  setTimeout(() => toast.remove(), shownMs)
}
