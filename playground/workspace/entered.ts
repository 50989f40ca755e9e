/** What a person chose or typed: one value, or several (a list, or with commas between). */
export type Entered = string | readonly string[]

export const splitValues = (value: Entered | undefined): string[] =>
  typeof value === 'object'
    ? [...value]
    : (value ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')

export const firstValue = (value: Entered | undefined): string | undefined =>
  typeof value === 'object' ? value[0] : value
