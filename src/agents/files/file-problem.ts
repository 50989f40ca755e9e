/** Why a file can't be read, in a sentence for the person who sent it. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem'
}
