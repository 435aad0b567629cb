import { connect, type Socket } from 'node:net'

/**
 * A load of POST requests over kept connections, each sending its next request when the answer is whole. A process of its
 * own: `load.ts <url> <connections> <milliseconds>` prints one JSON line. It ends by itself, whatever the server does.
 */

/** Before what is counted. */
const WARM_UP_MS = 300
/** How long an answer may take after the end; what comes later has failed. */
const GRACE_MS = 5_000
/** Requests of one run, over all connections. A count. */
const MAX_REQUESTS = 1_000_000
const BODY = '{"text":"repair invoice of a garage, amount due"}'

export interface LoadResult {
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Answers a second. */
  readonly throughput: number
  readonly failures: number
}

/** The value below which `share` of the sorted values lie (nearest rank). */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN
}

/** How many bytes the first whole answer in a buffer has; null where it is not whole. */
export function answerLength(buffer: Buffer): number | null {
  const head = buffer.indexOf('\r\n\r\n')
  if (head === -1) return null
  const length = /\r\ncontent-length: *(\d+)/i.exec(buffer.toString('latin1', 0, head))?.[1]
  if (length === undefined) throw new Error('an answer without a length')
  const whole = head + 4 + Number(length)
  return buffer.length >= whole ? whole : null
}

interface Plan {
  readonly url: URL
  /** Whether another request may be sent. */
  more(): boolean
  note(began: number, ok: boolean): void
}

class Connection {
  readonly ended: Promise<void>
  readonly #socket: Socket
  readonly #request: Buffer
  readonly #plan: Plan
  #began = performance.now()
  /** From the beginning: a connection that is refused has failed. */
  #waiting = true
  #buffer: Buffer = Buffer.alloc(0)

  constructor(plan: Plan) {
    const { url } = plan
    this.#plan = plan
    const head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n`
    this.#request = Buffer.from(`${head}content-length: ${Buffer.byteLength(BODY)}\r\n\r\n${BODY}`)
    this.#socket = connect(Number(url.port), url.hostname)
    this.#socket.setNoDelay(true)
    this.#socket.once('connect', () => this.#send())
    this.#socket.on('data', (bytes) => this.#take(bytes))
    this.#socket.on('error', () => {})
    this.ended = new Promise((resolve) =>
      this.#socket.once('close', () => {
        if (this.#waiting) plan.note(this.#began, false)
        resolve()
      }),
    )
  }

  giveUp(): void {
    this.#socket.destroy()
  }

  #send(): void {
    this.#waiting = this.#plan.more()
    if (!this.#waiting) return void this.#socket.end()
    this.#began = performance.now()
    this.#socket.write(this.#request)
  }

  #take(bytes: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes])
    const length = answerLength(this.#buffer)
    if (length === null) return
    this.#plan.note(this.#began, this.#buffer.toString('latin1', 9, 12) === '200')
    this.#buffer = this.#buffer.subarray(length)
    this.#send()
  }
}

/** Sends requests over so many connections for so long. */
export async function load(url: URL, connections: number, ms: number, graceMs = GRACE_MS): Promise<LoadResult> {
  const from = performance.now() + WARM_UP_MS
  const until = from + ms
  const latencies: number[] = []
  let failures = 0
  let sent = 0
  const plan: Plan = {
    url,
    more() {
      sent += 1
      return sent <= MAX_REQUESTS && performance.now() < until
    },
    note(began, ok) {
      if (!ok) failures += 1
      else if (began >= from) latencies.push(performance.now() - began)
    },
  }
  const open = Array.from({ length: connections }, () => new Connection(plan))
  const late = setTimeout(() => open.forEach((each) => each.giveUp()), WARM_UP_MS + ms + graceMs)
  await Promise.all(open.map(({ ended }) => ended))
  clearTimeout(late)
  const sorted = latencies.toSorted((a, b) => a - b)
  const took = (performance.now() - from) / 1000
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), throughput: sorted.length / took, failures }
}

if (import.meta.main) {
  const [url = '', connections, ms] = process.argv.slice(2)
  const result = await load(new URL(url), Number(connections), Number(ms))
  if (Number.isNaN(result.p50)) throw new Error(`${url} answered nothing: ${result.failures} requests failed`)
  console.log(JSON.stringify(result))
}
