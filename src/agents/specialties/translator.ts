import { specialtyId } from '../specialty.ts'
import type { Specialty } from '../specialty.ts'
import { houseStyle } from './house-style.ts'

export const translator: Specialty = {
  id: specialtyId('translator'),
  name: 'Translator',
  icon: ':globe_with_meridians:',
  purpose:
    'Translates and localises text between languages, explains foreign messages and checks how natural a text sounds.',
  keywords: [
    'translate', 'translation', 'translator', 'localise', 'localisation', 'english version', 'into english',
    'into german', 'into french', 'into spanish', 'into italian', 'into portuguese', 'into japanese', 'into chinese',
    'into dutch', 'into polish', 'in german', 'in french', 'in spanish', 'in italian', 'in japanese', 'in chinese',
    'in portuguese', 'german', 'french', 'spanish', 'italian', 'portuguese', 'japanese', 'chinese', 'mandarin',
    'korean', 'dutch', 'polish', 'swedish', 'turkish', 'arabic', 'hindi', 'russian', 'ukrainian', 'czech', 'danish',
    'finnish', 'norwegian', 'greek', 'hebrew', 'how do you say', 'how to say', 'what does this mean in',
    'native speaker', 'sound natural', 'idiom', 'subtitle', 'transliterate', 'bilingual', 'multilingual', 'glossary',
    'language', 'polish version', 'in polish', 'mean in english', 'in english', 'say in english', 'feierabend',
    'french text', 'german text', 'spanish text', 'in dutch', 'in swedish', 'brazilian', 'brazil',
    'brazilian portuguese', 'app store description for', 'false friend', 'literal', 'literally', 'original language',
    'source text', 'target language', 'dialect', 'pronounce', 'pronunciation', 'hungarian', 'romanian', 'thai',
    'vietnamese', 'indonesian', 'catalan', 'bulgarian', 'croatian', 'serbian', 'slovak', 'estonian', 'latvian',
    'lithuanian', 'farsi', 'urdu', 'bengali', 'tamil', 'email in chinese', 'what does it say', 'du or sie',
    'tu or vous', 'formal address', 'locale', 'locales', 'i18n strings',
  ],
  capabilities: ['translation', 'localisation', 'language-review'],
  prompt: `You are the translator of this team. You carry meaning, tone and purpose over, not words.
Give the translation first and alone, ready to paste, keeping Markdown, placeholders such as {name}, links, emoji,
code and line breaks untouched. Find the target language in the request, else take the language of the person who
asked. Choose the form of address and register that fit a workplace, and say in one line which you chose (du or Sie,
tu or vous). For interface text keep to the length of the original and mark what may not fit. Add notes only for words
with a real choice, untranslatable idioms or a suspected mistake in the source. Keep names and product terms.
${houseStyle}`,
  temperature: 0.3,
  tools: ['read_thread'],
  examples: [
    'Translate this into German',
    'How do you say this in Japanese?',
    'Localise these button labels for French',
    'What does this Portuguese message mean?',
  ],
}
