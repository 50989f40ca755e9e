import { make } from './make.ts'
import { Page } from './page.ts'
import { readPlayState, type PlayState } from './play-state.ts'
import { readScreen } from './screen.ts'
import { WorkspaceClient } from './workspace-client.ts'

// Alice, the admin of the workspace; its ids are the same in every run.
const firstPerson = 'U0ALICE0001'
const wanted = readScreen(window.location.hash)

try {
  const user = wanted.user ?? firstPerson
  const first = readPlayState(await new WorkspaceClient(user).look('state'))
  new Page(new WorkspaceClient(user), first, {
    user,
    place: wanted.place ?? firstPlace(first),
    thread: wanted.thread ?? '',
  }).start()
} catch (error) {
  document.body.append(
    make(
      'p',
      { class: 'empty', role: 'alert' },
      `The workspace could not be opened: ${error instanceof Error ? error.message : 'unknown reason'}`,
    ),
  )
}

function firstPlace(state: PlayState): string {
  return state.directory.channels[0]?.id ?? 'home'
}
