import type { TeamForm } from '../../commands/command.ts'
import { topologyNames } from '../../orchestration/swarms/topology.ts'
import { maxRolesChars, type TeamField } from '../../orchestration/teams/team-fields.ts'

export const teamModalId = 'edit_team'

/** What the form remembers of how it was opened. */
export interface TeamFormMemory {
  /** Unset for a new team. */
  readonly previousName?: string | undefined
  readonly channelId: string
}

/** Slack takes 100 options, or as many groups of 100. https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element */
const mostOptions = 100
const maxOptionChars = 75

const plain = (text: string) => ({ type: 'plain_text', text })
const option = (value: string, label: string) => ({ text: plain(label.slice(0, maxOptionChars).toWellFormed()), value })
type Option = ReturnType<typeof option>

/** A team as a form; each field's block and action are called as the field. */
export function renderTeamModal({ fields, previousName, specialties, channelId }: TeamForm) {
  const people = specialties.map(({ id, name }) => option(id, `${name} (${id})`))
  const ways = topologyNames.map((name) => option(name, name))
  const members = people.filter(({ value }) => fields.members.includes(value))
  return {
    type: 'modal',
    callback_id: teamModalId,
    private_metadata: JSON.stringify({ previousName, channelId } satisfies TeamFormMemory),
    title: plain(previousName === undefined ? 'New team' : 'Edit team'),
    submit: plain('Save'),
    close: plain('Cancel'),
    blocks: [
      input('name', 'Name', 'Small letters, digits and hyphens; people write it after --team.', text(fields.name, 60)),
      input('purpose', 'What it is there for', undefined, text(fields.purpose, 300), true),
      input('coordinator', 'Coordinator', 'Splits the work, reviews it and joins it.', { type: 'static_select', ...choices(people), ...chosen(people, fields.coordinator) }),
      input('members', 'Members', undefined, { type: 'multi_static_select', ...choices(people), ...(members.length > 0 ? { initial_options: members } : {}), max_selected_items: 20 }),
      input('roles', 'Roles', 'A line each, as "writer: writes the report". Two lines of one specialist are two members.', { ...text(fields.roles, maxRolesChars), multiline: true }, true),
      input('topology', 'How it works together', 'Without a choice: plan.', { type: 'static_select', ...choices(ways), ...chosen(ways, fields.topology) }, true),
      input('share', 'Share of the daily budget (percent)', 'Most that its runs may spend of what the channel or project may. Empty: all of it.', text(fields.share, 6), true),
    ],
  }
}

function input(name: TeamField, label: string, hint: string | undefined, element: object, isOptional = false) {
  return { type: 'input', block_id: name, label: plain(label), ...(hint === undefined ? {} : { hint: plain(hint) }), optional: isOptional, element: { ...element, action_id: name } }
}

const text = (value: string, maxLength: number) => ({ type: 'plain_text_input', max_length: maxLength, ...(value === '' ? {} : { initial_value: value.slice(0, maxLength).toWellFormed() }) })

function choices(options: readonly Option[]) {
  if (options.length <= mostOptions) return { options }
  const groups = Array.from({ length: Math.ceil(options.length / mostOptions) }, (_, at) => options.slice(at * mostOptions, (at + 1) * mostOptions))
  return { option_groups: groups.map((group, at) => ({ label: plain(`Part ${at + 1}`), options: group })) }
}

function chosen(options: readonly Option[], value: string) {
  const found = options.find((each) => each.value === value)
  return found ? { initial_option: found } : {}
}
