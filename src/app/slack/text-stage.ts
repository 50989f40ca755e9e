/**
 * A filter for text that arrives in pieces. What it gives out depends only on the whole text, never on where the pieces
 * were cut: a stage keeps back what it cannot decide yet.
 */
export interface TextStage {
  push(text: string): string
  /** The rest, once no more text comes. */
  end(): string
}

export function chainStages(...stages: readonly TextStage[]): TextStage {
  return {
    push: (text) => stages.reduce((passed, stage) => stage.push(passed), text),
    end: () => stages.reduce((passed, stage) => stage.push(passed) + stage.end(), ''),
  }
}
