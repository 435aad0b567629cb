/** One prediction of the stream. Times are monotonic, in milliseconds. */
export interface Answer {
  readonly sentAt: number
  readonly answeredAt: number
  /** `x-model-version`. */
  readonly version: number
  /** The predicted value. */
  readonly value: string
}

export interface StreamOptions {
  readonly endpoint: string
  readonly body: unknown
  readonly perSecond: number
  /** The field of the answer that holds the prediction. */
  readonly field: string
  /** Hears of the first request that was not answered by a prediction. */
  readonly onFailure: (what: string) => void
}

const ANSWER_MS = 10_000

/**
 * A steady stream of predictions over kept connections. It sends at its pace whether earlier ones are answered or
 * not, as many independent clients would. An answer that is not 200 with a prediction is a failure, and so is none.
 */
export class PredictionStream {
  readonly endpoint: string
  readonly answers: Answer[] = []
  readonly failures: string[] = []
  readonly #options: StreamOptions
  readonly #open = new Set<Promise<void>>()
  readonly #timer: NodeJS.Timeout

  constructor(options: StreamOptions) {
    this.endpoint = options.endpoint
    this.#options = options
    this.#timer = setInterval(() => this.#send(), 1000 / options.perSecond)
  }

  /** Answers to what was sent from `moment` on. */
  sentSince(moment: number): readonly Answer[] {
    return this.answers.filter(({ sentAt }) => sentAt >= moment)
  }

  get newestVersion(): number | null {
    return this.answers.at(-1)?.version ?? null
  }

  /** Sends no more, and waits for the answers that are due. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#open)
  }

  #send(): void {
    const sending: Promise<void> = this.#predict()
      .then(
        (answer) => void this.answers.push(answer),
        (error: unknown) => this.#fail(error),
      )
      .finally(() => this.#open.delete(sending))
    this.#open.add(sending)
  }

  async #predict(): Promise<Answer> {
    const { endpoint, body, field } = this.#options
    const sentAt = performance.now()
    const { status, version, text } = await predict(endpoint, body)
    if (status !== 200) throw new Error(`HTTP ${status} ${text.slice(0, 200)}`)
    const value = valueIn(text, field)
    if (value === null || version === null) throw new Error(`no prediction: ${text.slice(0, 200)}`)
    return { sentAt, answeredAt: performance.now(), version, value }
  }

  #fail(error: unknown): void {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
    const what = `${error instanceof Error ? error.message : String(error)}${cause}`
    this.failures.push(what)
    if (this.failures.length === 1) this.#options.onFailure(what)
  }
}

export interface Prediction {
  readonly status: number
  readonly version: number | null
  readonly text: string
}

export async function predict(endpoint: string, body: unknown): Promise<Prediction> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  const version = response.headers.get('x-model-version')
  return { status: response.status, version: version === null ? null : Number(version), text: await response.text() }
}

/** The field of an answer's JSON that holds the prediction; null where it has none. */
export function valueIn(text: string, field: string): string | null {
  const value = (JSON.parse(text) as Record<string, unknown>)[field]
  return value === undefined ? null : String(value)
}

/** The versions that gave these answers: `2,3`. */
export function versionsIn(answers: readonly Answer[]): string {
  return [...new Set(answers.map(({ version }) => version))].sort((a, b) => a - b).join()
}

/** The different predictions of a version. */
export function valuesOf(answers: readonly Answer[], wanted: number): string {
  return [...new Set(answers.filter(({ version }) => version === wanted).map(({ value }) => value))].join()
}

/** How many answers each version gave: `41 by version 2, 60 by version 3`. */
export function countByVersion(answers: readonly Answer[]): string {
  const counts = Map.groupBy(answers, ({ version }) => version)
  const parts = [...counts].sort(([a], [b]) => a - b).map(([version, { length }]) => `${length} by version ${version}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

/** A line for every half second, a digit for every answer: the version that gave it. */
export function timeline(answers: readonly Answer[], from: number): string {
  const ordered = answers.filter(({ answeredAt }) => answeredAt >= from).toSorted((a, b) => a.answeredAt - b.answeredAt)
  const rows = Map.groupBy(ordered, ({ answeredAt }) => Math.floor((answeredAt - from) / 500))
  return [...rows]
    .map(([row, group]) => `+${(row / 2).toFixed(1)} s  ${group.map(({ version }) => version).join('')}`)
    .join('\n')
}
