/** What is asked for, or `otherwise` when it takes longer than `ms`; what comes later is dropped. Rejects as `asked` does in time. */
export async function withinTime<T>(asked: Promise<T>, otherwise: T, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms)
  })
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}
