/** Sends a signal; false where the process has ended already. Signal 0 only asks. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** Polls until `look` gives something; a throw counts as nothing yet. */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
  timeoutMs = 30_000,
): Promise<Exclude<Found, null | undefined | false>> {
  const deadline = performance.now() + timeoutMs
  let last: unknown = null
  while (performance.now() < deadline) {
    try {
      const found = await look()
      if (found !== null && found !== undefined && found !== false) {
        return found as Exclude<Found, null | undefined | false>
      }
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`not seen in time: ${what}${last === null ? '' : ` (${String(last)})`}`)
}
