import type { MailboxStore } from '../storage/mailbox-store.ts'
import type { RunRecord } from '../storage/records.ts'
import type { AgentRegistry, KnownAgent } from './agent-registry.ts'
import type { RunSteps } from './thread-port.ts'

/** A direct message on its way. */
export interface Outgoing {
  readonly run: RunRecord
  readonly goalId: string
  readonly journal: RunSteps
  readonly from: KnownAgent
  /** The step that sends it, once over restarts. */
  readonly stepKey: string
  /** Specialty, id or name of an agent of the same goal. */
  readonly to: string
  readonly text: string
}

/** @returns the addressee's name, or a sentence for the model saying why it could not be sent */
export type SendMail = (message: Outgoing) => Promise<{ readonly toName: string } | { readonly problem: string }>

const maxTextChars = 1_000
const maxNamed = 20

export interface MailDeps {
  readonly mailbox: MailboxStore
  readonly registry: AgentRegistry
  readonly nowMs: () => number
}

export function createMailSender({ mailbox, registry, nowMs }: MailDeps): SendMail {
  return async ({ run, goalId, journal, from, stepKey, to, text }) => {
    const { workspaceId, runId } = run
    const { agents } = await registry.open(workspaceId, goalId)
    const others = [...agents.values()].filter((agent) => agent.agentId !== from.agentId && !agent.isRetired)
    const addressee = findAddressee(others, to)
    if (!addressee) {
      const known = others.slice(0, maxNamed).map(({ name, specialtyId }) => `${name} (${specialtyId})`)
      return { problem: `There is no ${to.slice(0, 60)} at work here yet; ${known.length > 0 ? `there are: ${known.join(', ')}` : 'there is nobody else'}. Go on without, or ask with request_assistance.` }
    }
    const message = { workspaceId, fromAgentId: from.agentId, toAgentId: addressee.agentId, runId, text: text.slice(0, maxTextChars), atMs: nowMs() }
    await journal.once(stepKey, async () => addressee.agentId, { alongside: (trx) => mailbox.send(trx, message) })
    registry.noteMail(workspaceId, goalId, addressee.agentId, true)
    return { toName: addressee.name }
  }
}

/** By id, by name, else the one of that specialty that was used last: it is the likeliest to be asked next. */
function findAddressee(others: readonly KnownAgent[], to: string): KnownAgent | undefined {
  const wanted = to.trim().toLowerCase()
  return (
    others.find(({ agentId, name }) => agentId === wanted || name.toLowerCase() === wanted) ??
    others.filter(({ specialtyId }) => specialtyId === wanted).toSorted((a, b) => b.lastUsedAtMs - a.lastUsedAtMs)[0]
  )
}
