/** "a", "a and b", "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? ''
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Ends long text with an ellipsis at a word border. */
export function clipped(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text
  const cut = text.slice(0, maxCharacters - 1)
  const border = cut.lastIndexOf(' ')
  return `${cut.slice(0, border > maxCharacters / 2 ? border : undefined).trimEnd()}…`
}

/** Sentences and list lines, trimmed; code blocks are left out. */
export function sentencesOf(text: string): string[] {
  return text
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .split(/\n+|(?<=[.!?…])\s+(?=[\p{Lu}\p{N}"'(*_<@])/u)
    .map((sentence) => sentence.replace(/^[\s>*•#-]+/, '').trim())
    .filter((sentence) => /\p{L}{2}/u.test(sentence))
}
