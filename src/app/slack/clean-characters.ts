import type { TextStage } from './text-stage.ts'

// Controls but tab and newline; then what reorders the reading direction of its neighbours (Unicode TR 36, 3.1), by
// which "exe.fdp" can be made to read "pdf.exe"; then invisible tag characters that can carry a hidden message, and
// the BOM.
const unwanted = /(?![\t\n])\p{Cc}|[\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFB]|\u{E0001}/gu

/** Drops characters that no reader sees and that change how the rest reads; half a surrogate pair becomes U+FFFD. */
export function createCharacterStage(): TextStage {
  let held = ''
  return {
    push(text) {
      const all = held + text
      const isCut = /[\uD800-\uDBFF]$/.test(all)
      held = isCut ? all.slice(-1) : ''
      return cleanCharacters(isCut ? all.slice(0, -1) : all)
    },
    end() {
      const rest = held
      held = ''
      return cleanCharacters(rest)
    },
  }
}

function cleanCharacters(text: string): string {
  return text.toWellFormed().replace(unwanted, '')
}
