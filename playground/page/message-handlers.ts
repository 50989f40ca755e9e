import { askToDelete } from './confirm.ts'
import type { Directory } from './directory.ts'
import { openEditor } from './message-editor.ts'
import type { MessageHandlers, Shortcut } from './message-toolbar.ts'
import type { Json } from './read-json.ts'
import { decodeTyped, encodeTyped } from './typed-text.ts'
import type { Message } from './wire.ts'
import type { WorkspaceClient } from './workspace-client.ts'

/** What the handlers of messages work with. */
export interface HandlerParts {
  readonly client: WorkspaceClient
  readonly directory: Directory
  readonly shortcuts: readonly Shortcut[]
  readonly openThread: (message: Message) => void
  readonly forget: (message: Message) => void
  readonly tellFailure: (answer: Json) => void
}

/** Makes what a person can do with a message, as calls to the workspace. */
export function makeMessageHandlers(parts: HandlerParts): MessageHandlers {
  const { client, directory } = parts
  const act = async (action: string, message: Message, parameters: Json = {}): Promise<void> => {
    parts.tellFailure(
      await client.act(action, { channel: message.channel, ts: message.ts, messageTs: message.ts, ...parameters }),
    )
  }
  return {
    messageShortcuts: parts.shortcuts.filter((shortcut) => shortcut.type === 'message'),
    openThread: parts.openThread,
    dismiss: parts.forget,
    fileUrl: (fileId) => client.fileUrl(fileId),
    react: (message, name) => void act('react', message, { name }),
    runShortcut: (message, shortcut) => void act('shortcut', message, { callbackId: shortcut.callbackId }),
    act: (message, use) => act('click', message, { ...use }),
    edit: (message) =>
      openEditor(
        message.ts,
        decodeTyped(message.text, directory),
        (text) => void act('edit', message, { text: encodeTyped(text, directory) }),
      ),
    remove: (message) =>
      void askToDelete(decodeTyped(message.text, directory)).then((isSure) =>
        isSure ? act('delete', message) : undefined,
      ),
  }
}
