import type { Interactions } from './interactions.ts'
import type { People } from './people.ts'
import type { WorkspaceActs } from './workspace.ts'

/** The acts of people as plain functions, so that they can be passed around. */
export function actsOf(people: People, interactions: Interactions): WorkspaceActs {
  return {
    say: (input) => people.say(input),
    sayAsOtherBot: (input) => people.sayAsOtherBot(input),
    edit: (input) => people.edit(input),
    delete: (input) => people.delete(input),
    react: (input) => people.react(input),
    openHome: (input) => people.openHome(input),
    stop: (input) => people.stop(input),
    emit: (event, channel) => people.emit(event, channel),
    stageFile: (input) => people.stageFile(input),
    command: (input) => interactions.command(input),
    click: (input) => interactions.click(input),
    clickInView: (input) => interactions.clickInView(input),
    submitView: (input) => interactions.submitView(input),
    closeView: (input) => interactions.closeView(input),
    shortcut: (input) => interactions.shortcut(input),
    globalShortcut: (input) => interactions.globalShortcut(input),
  }
}
