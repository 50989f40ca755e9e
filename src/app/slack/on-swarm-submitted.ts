import { startWishedSwarm, type WishedSwarm } from '../../commands/swarm-command.ts'
import { asMurmurError, MurmurError } from '../../errors.ts'
import { placeOf, type SlackEdge } from './edge.ts'
import { readField, type FormErrors, type FormSubmission } from './form.ts'
import { chosenForThem, swarmInputs } from './render-swarm-modal.ts'

const maxErrorChars = 150

/** The form of a swarm: the same checks as the command's, at the fields. The answer comes as a thread. */
export async function onSwarmSubmitted(edge: SlackEdge, { teamId, userId, viewId, metadata, values }: FormSubmission): Promise<FormErrors> {
  const typed = (name: keyof typeof swarmInputs): string => readField(values, swarmInputs[name])
  if (typed('objective') === '') return { [swarmInputs.objective.blockId]: 'Write what they shall work on, in a sentence or more.' }
  const { workspaceId } = await placeOf(edge, teamId)
  const { channelId } = JSON.parse(metadata) as { channelId: string }
  const topology = typed('topology')
  const wished: WishedSwarm = { text: typed('objective'), topology: topology === chosenForThem ? '' : topology, agents: typed('agents'), rounds: typed('rounds'), budget: typed('budget').replace('$', ''), team: typed('team') }
  try {
    await startWishedSwarm(edge.commands, { workspaceId, channelId, userId, text: '', dedupeKey: `view:${viewId}`, replyUrl: undefined }, wished)
    return {}
  } catch (error) {
    const failure = asMurmurError(error)
    if (failure.told === 'operator') throw failure
    return { [fieldOf(failure, wished)]: failure.message.replaceAll('`', '').slice(0, maxErrorChars) }
  }
}

/** The field that the sentence is about; flags are called as the fields are. */
function fieldOf(failure: MurmurError, wished: WishedSwarm): string {
  const names = ['agents', 'rounds', 'budget', 'team'] as const
  const named = names.find((name) => wished[name] !== '' && failure.message.includes(`--${name}`))
  return swarmInputs[named ?? 'objective'].blockId
}
