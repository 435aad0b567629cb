export interface PredictionStream {
  /** Every answer that was no 200, and every request without an answer. */
  readonly failures: readonly string[]
  /** Answers by `x-model-version`. */
  readonly versions: ReadonlyMap<string, number>
  stop(): Promise<void>
}

/** Predictions on two kept connections, about 100 a second each, until stopped. */
export function steadyPredictions(url: string, body: unknown): PredictionStream {
  let stopped = false
  const failures: string[] = []
  const versions = new Map<string, number>()
  const predict = async (): Promise<void> => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
    const text = await response.text()
    if (response.status !== 200) failures.push(`${response.status} ${text}`)
    const version = response.headers.get('x-model-version') ?? '?'
    versions.set(version, (versions.get(version) ?? 0) + 1)
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await predict().catch((error: unknown) => failures.push(String(error)))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  const running = [loop(), loop()]
  const stop = async (): Promise<void> => {
    stopped = true
    await Promise.all(running)
  }
  return { failures, versions, stop }
}
