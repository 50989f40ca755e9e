/** Money as a person reads it: `$0.0123`. */
export const formatUsd = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(4)}`
