/**
 * Says something to the other processes of this installation, at once and without a promise: whoever is not there does not hear it.
 * What must not be lost stands in the database, and a message only says that it is worth looking.
 */
export interface ProcessBus {
  tell(topic: BusTopic, text: string): void
  /** What other processes say; not what this one says. @returns a function that ends it */
  hear(topic: BusTopic, listener: (text: string) => void): () => void
}

/** `stop`: the id of a run. `events`: some were stored. `pace`: what a model server said of its limits. `late`: requests are taken in too slowly. */
export type BusTopic = 'stop' | 'events' | 'pace' | 'late'

/** Where there is no Redis nobody hears, and everybody looks. */
export const silentBus: ProcessBus = { tell: () => {}, hear: () => () => {} }
