import type { Directory } from '../directory.ts'
import type { Json } from '../read-json.ts'
import type { InputDraft, InputValue } from './input-draft.ts'

/** A person used an interactive element. */
export interface ElementUse {
  readonly blockId: string
  readonly actionId: string
  readonly value: InputValue
}

/** What a block renderer needs beside the block. */
export interface RenderContext {
  readonly directory: Directory
  readonly surface: 'message' | 'home' | 'modal'
  /** Channel that the person looks at, for selects that begin with it. */
  readonly conversation?: string
  /** Tells the app; settles when the app has answered, so that the element can show that it is busy. */
  readonly act: (use: ElementUse) => Promise<void>
  /** What a person typed or chose, kept while the surface is rendered again. */
  readonly draft: InputDraft
  /** What a person opened, sorted or pressed, keyed by block and purpose; kept while the surface is rendered again. */
  readonly memory: Map<string, unknown>
}

/** An element and the block it stands in. */
export interface ElementPlace {
  readonly element: Json
  readonly blockId: string
  readonly context: RenderContext
}
