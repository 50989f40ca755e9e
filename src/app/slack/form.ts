/** One field of a submitted form, as far as any of ours reads it. */
export interface FieldValue {
  readonly value?: string | null
  readonly selected_conversation?: string | null
  readonly selected_option?: { readonly value: string } | null
  readonly files?: readonly { readonly id: string }[]
  readonly selected_options?: readonly { readonly value: string }[]
}

/** Block id, action id, value. */
export type FormValues = Readonly<Record<string, Readonly<Record<string, FieldValue>>>>

/** A form that a person sent; Bolt has checked that Slack brought it. */
export interface FormSubmission {
  readonly teamId: string | undefined
  readonly userId: string
  /** Names this use of the form: the same again when Slack delivers it twice. */
  readonly viewId: string
  /** What the form was opened with, as JSON text. */
  readonly metadata: string
  readonly values: FormValues
}

/** Messages at fields by block id; an empty object means that the form was taken. */
export type FormErrors = Readonly<Record<string, string>>

/** What a person wrote or chose in a field, without space around it; empty when nothing. */
export function readField(values: FormValues, { blockId, actionId }: { readonly blockId: string; readonly actionId: string }): string {
  const field = values[blockId]?.[actionId]
  return (field?.value ?? field?.selected_conversation ?? field?.selected_option?.value ?? '').trim()
}
