import type { AnswerFooter, ThreadFile, ThreadLine, ThreadPort } from '../../src/orchestration/thread-port.ts'

export interface Asked {
  readonly stepKey: string
  readonly question: string
  readonly goOn: string
}

/** A thread that only remembers. What is done once per step key in the real one is done each time here. */
export class RecordingThread implements ThreadPort {
  readonly statuses: string[] = []
  readonly answers: { readonly text: string; readonly footer: AnswerFooter }[] = []
  readonly posts: { readonly stepKey: string; readonly text: string }[] = []
  readonly files: { readonly stepKey: string; readonly file: ThreadFile }[] = []
  readonly notices: string[] = []
  readonly asked: Asked[] = []
  history: readonly ThreadLine[] = []
  isClosed = false

  showStatus = async (text: string): Promise<void> => void this.statuses.push(text)

  readHistory = async (): Promise<readonly ThreadLine[]> => this.history

  openAnswer: ThreadPort['openAnswer'] = () => ({
    append: () => {},
    restart: () => {},
    finish: async (text, footer) => {
      this.answers.push({ text, footer })
      return { messageId: '1.2' }
    },
  })

  post: ThreadPort['post'] = async (stepKey, text) => {
    this.posts.push({ stepKey, text })
    return { messageId: '1.3' }
  }

  postFile: ThreadPort['postFile'] = async (stepKey, file) => void this.files.push({ stepKey, file })

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
