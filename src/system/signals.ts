/** What a shell reports of a command that was interrupted. */
const INTERRUPTED = 130

/** A launcher at the same terminal passes the signal on: what comes this soon is the same key press. */
const SAME_PRESS_MS = 300

/** Aborted by the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
export function interruptSignal(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  let first = 0
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      if (performance.now() - first > SAME_PRESS_MS) process.exit(INTERRUPTED)
      return
    }
    first = performance.now()
    const interrupted = new Error('interrupted')
    interrupted.name = 'Interrupted'
    controller.abort(interrupted)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return { signal: controller.signal, stop: () => signals.forEach((signal) => process.off(signal, onSignal)) }
}
