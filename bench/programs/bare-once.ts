import { BareModel } from '../subjects/bare-model.ts'

/** The same answer by nothing but the `openai` client. Argument: base address of the model. */
const messages = [{ role: 'user', content: 'Why does [1, 10, 2].sort() give 1, 10, 2?' }]
const text = await new BareModel(process.argv[2] ?? '').complete({ path: '', body: { model: 'bench', messages, stream: true } })
process.once('disconnect', () => process.exit(0))
process.send?.({ text })
