import { createMurmur } from '../../src/app/create-murmur.ts'
import { requests } from '../subjects/requests.ts'

/** A whole process for one answer. Arguments: base address of the model, folder of the store. */
const [, , openAiBaseUrl = '', dataDir = ''] = process.argv
const murmur = await createMurmur({ dataDir, openAiBaseUrl })
const { text = '' } = await murmur.ask(requests['one agent'])
process.once('disconnect', () => process.exit(0))
process.send?.({ text })
