import { MurmurError } from '../../src/errors.ts'
import type { AnswerFooter, BoardState, NoteButton, Speaker, ThreadFile, ThreadLine, ThreadPort } from '../../src/orchestration/thread-port.ts'

export interface Asked {
  readonly stepKey: string
  readonly question: string
  readonly goOn: string
}

/** A thread that only remembers. What is done once per step key in the real one is done each time here. */
export class RecordingThread implements ThreadPort {
  readonly statuses: string[] = []
  readonly answers: { readonly text: string; readonly footer: AnswerFooter }[] = []
  readonly posts: { readonly stepKey: string; readonly text: string; readonly buttons?: readonly NoteButton[] }[] = []
  readonly files: { readonly stepKey: string; readonly file: ThreadFile }[] = []
  readonly notices: string[] = []
  readonly asked: Asked[] = []
  readonly spoken: { readonly stepKey: string; readonly speaker: Speaker; readonly text: string }[] = []
  readonly boards: BoardState[] = []
  isBoardClosed = false
  history: readonly ThreadLine[] = []
  isClosed = false

  showStatus = async (text: string): Promise<void> => void this.statuses.push(text)

  readHistory = async (): Promise<readonly ThreadLine[]> => this.history

  /** What people say while the run is at work. */
  news: readonly ThreadLine[] = []

  readNews: ThreadPort['readNews'] = async (afterMs) => this.news.filter(({ sentAtMs }) => sentAtMs > afterMs)

  openAnswer: ThreadPort['openAnswer'] = () => ({
    append: () => {},
    restart: () => {},
    finish: async (text, footer) => {
      this.answers.push({ text, footer })
      return { messageId: '1.2' }
    },
  })

  post: ThreadPort['post'] = async (stepKey, text, buttons) => {
    this.posts.push({ stepKey, text, ...(buttons ? { buttons } : {}) })
    return { messageId: '1.3' }
  }

  postFile: ThreadPort['postFile'] = async (stepKey, file) => void this.files.push({ stepKey, file })

  speak: ThreadPort['speak'] = async (stepKey, speaker, text) => {
    this.spoken.push({ stepKey, speaker, text })
    return { messageId: '1.6' }
  }

  openBoard: ThreadPort['openBoard'] = () => ({
    show: (state) => void this.boards.push(state),
    close: async (state) => {
      this.boards.push(state)
      this.isBoardClosed = true
    },
    leave: async () => {},
  })

  /** What came with requests, by the id of the file. */
  readonly sent = new Map<string, Uint8Array>()

  fetchFile: ThreadPort['fetchFile'] = async ({ id }) => {
    const bytes = this.sent.get(id)
    if (!bytes) throw new MurmurError('MUR_SLACK_REJECTED', { method: 'files.info', reason: 'file_not_found' })
    return bytes
  }

  fail: ThreadPort['fail'] = async (notice) => {
    this.notices.push(notice)
    return { messageId: '1.4' }
  }

  askApproval: ThreadPort['askApproval'] = async (stepKey, question, goOn) => {
    this.asked.push({ stepKey, question, goOn })
    return { messageId: '1.5' }
  }

  close = async (): Promise<void> => {
    this.isClosed = true
  }
}
