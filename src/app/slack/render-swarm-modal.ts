import type { SwarmForm } from '../../commands/command.ts'

export const swarmModalId = 'start_swarm'
/** The form in which a person leaves the choice to Murmur. */
export const chosenForThem = 'choose'

export const swarmInputs = {
  objective: { blockId: 'objective', actionId: 'objective_text' },
  topology: { blockId: 'topology', actionId: 'topology_name' },
  agents: { blockId: 'agents', actionId: 'agents_number' },
  rounds: { blockId: 'rounds', actionId: 'rounds_number' },
  budget: { blockId: 'budget', actionId: 'budget_usd' },
  team: { blockId: 'team', actionId: 'team_name' },
} as const

const plain = (text: string) => ({ type: 'plain_text' as const, text: text.slice(0, 75).toWellFormed() })
const option = (text: string, value: string) => ({ text: plain(text), value })

/** What `/swarm debate ... --agents 3 --rounds 2` says, as a form. */
export function renderSwarmModal({ channelId, topologies, teams }: SwarmForm) {
  const input = (name: keyof typeof swarmInputs, label: string, element: object, isOptional = true) => ({
    type: 'input',
    block_id: swarmInputs[name].blockId,
    optional: isOptional,
    label: plain(label),
    element: { action_id: swarmInputs[name].actionId, ...element },
  })
  const number = (most: number) => ({ type: 'number_input', is_decimal_allowed: false, min_value: '1', max_value: String(most) })
  const choose = option('Let Murmur choose', chosenForThem)
  return {
    type: 'modal',
    callback_id: swarmModalId,
    private_metadata: JSON.stringify({ channelId }),
    title: plain('Start a swarm'),
    submit: plain('Start'),
    close: plain('Cancel'),
    blocks: [
      input('objective', 'What shall they work on?', { type: 'plain_text_input', multiline: true, max_length: 3_000 }, false),
      input('topology', 'In which form?', { type: 'static_select', initial_option: choose, options: [choose, ...topologies.map((name) => option(name, name))] }, false),
      input('agents', 'How many agents?', number(40)),
      input('rounds', 'How many rounds?', number(10)),
      input('budget', 'The most it may cost (USD)', { type: 'plain_text_input', max_length: 12 }),
      ...(teams.length === 0 ? [] : [input('team', 'Which team, instead of a number of agents?', { type: 'static_select', options: teams.slice(0, 100).map((name) => option(name, name)) })]),
    ],
  }
}
