/**
 * Milliseconds of this process's own processor time that something takes. What else the machine does hardly changes it, so a bound that a
 * quadratic way would pass a hundred times over can stand in a test; how fast something is belongs into `bench/`.
 */
export async function workOf(act: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}
