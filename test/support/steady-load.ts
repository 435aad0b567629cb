import { Agent, request } from 'node:http'

export interface LoadAnswer {
  /** Monotonic, milliseconds. */
  readonly at: number
  /** `x-model-version` of the answer. */
  readonly version: string
}

export interface SteadyLoad {
  /** Every answer that was no 200, and every request without an answer. */
  readonly failures: readonly string[]
  readonly answers: readonly LoadAnswer[]
  stop(): Promise<void>
}

export interface LoadOptions {
  readonly url: string
  readonly body: unknown
  readonly perSecond: number
  /** The load ends by itself after that long. */
  readonly longestMs: number
  /** Headers of the n-th request. */
  readonly headers?: (count: number) => Record<string, string>
}

const CONNECTIONS = 16

/** Requests at a steady pace over kept connections, whether or not the ones before were answered. */
export function steadyLoad({ url, body, perSecond, longestMs, headers }: LoadOptions): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const text = JSON.stringify(body)
  const failures: string[] = []
  const answers: LoadAnswer[] = []
  const open = new Set<Promise<void>>()
  const one = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers?.(count) }
      const sent = request(url, { method: 'POST', agent, headers: all }, (response) => {
        let answer = ''
        response.on('data', (part: Buffer) => (answer += part.toString()))
        response.on('error', (error) => failures.push(error.message))
        response.on('close', () => {
          if (response.statusCode !== 200) failures.push(`${response.statusCode} ${answer}`)
          else if (!response.complete) failures.push('an answer that is not whole')
          answers.push({ at: performance.now(), version: String(response.headers['x-model-version']) })
          resolve()
        })
      })
      sent.on('error', (error) => {
        failures.push(error.message)
        resolve()
      })
      sent.end(text)
    })
  const began = performance.now()
  let count = 0
  // Behind a busy moment as many are sent as the pace asks for.
  const timer = setInterval(() => {
    const elapsed = Math.min(performance.now() - began, longestMs)
    for (; count < (elapsed / 1000) * perSecond; count += 1) {
      const sending = one(count).finally(() => open.delete(sending))
      open.add(sending)
    }
  }, 5)
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    await Promise.all(open)
    agent.destroy()
  }
  return { failures, answers, stop }
}
