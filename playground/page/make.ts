type Attribute = string | number | boolean | undefined | ((event: Event) => void)
type Child = Node | string | undefined | false

/**
 * Builds one element. Text children become text nodes, so nothing a message says is ever read as HTML.
 * `on...` attributes take listeners; `true` sets an empty attribute; `false` and undefined leave it out. `class` may
 * hold several.
 * Addresses (href, src) must have passed {@link safeUrl} before they come here.
 */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, Attribute>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value))
  }
  element.append(...children.filter((child) => child !== undefined && child !== false))
  return element
}
