/** What a text says first, on one line of at most 200 characters: what stands for it in a table or a list. */
export function firstSentence(text: string): string {
  const [line = ''] = text.trim().split('\n', 1)
  const plain = line.replace(/^[#>*\-\s]+/, '').replaceAll('**', '')
  return (/^.{10,200}?[.!?](?=\s|$)/.exec(plain)?.[0] ?? plain.slice(0, 200)).trim()
}
