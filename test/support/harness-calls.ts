import { Readable } from 'node:stream'
import type { PortDecorator, PortName } from '../../src/app/app.ts'

/** What unwinds a stopped run; nothing of the program knows it. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

export interface StopPoint {
  /** The number of the call, from 1, over all counted ports; with `of`, of the calls of that method alone. */
  readonly call: number
  /** `runtime.shift` */
  readonly of?: string
  readonly when: 'before' | 'after'
}

export interface HarnessOptions {
  /** Whose calls are counted. The calls of every port are refused once stopped. */
  readonly counted?: readonly PortName[]
  readonly stop?: StopPoint | null
  /** Called in place of throwing: a real process ends itself here. */
  readonly onStop?: () => void
  /** Called right before this call takes effect, with everything decided: a real process stops itself here. */
  readonly pause?: { readonly at: Omit<StopPoint, 'when'>; readonly onPause: () => void }
  /** Held at this call until `letGo`, as a paused process is whose request is on the wire. */
  readonly holdBefore?: number
}

/** Methods that only compute: no side effect, no kill point. */
const immediate = new Set(['now', 'monotonic', 'next', 'uuid', 'processDigest', 'close'])

/**
 * The kill harness: goes around ports, counts their calls, and can stop everything before or after call n. A stopped
 * harness refuses every further call of all its ports, so that nothing of the run has an effect any more.
 */
export class CallHarness {
  readonly #counted: ReadonlySet<PortName>
  readonly #options: HarnessOptions
  readonly #stopping = new AbortController()
  readonly #held = Promise.withResolvers<void>()
  readonly #released = Promise.withResolvers<void>()
  #holding = false
  /** `tables.put`, in the order of the calls. */
  readonly calls: string[] = []

  constructor(options: HarnessOptions = {}) {
    this.#options = options
    this.#counted = new Set(options.counted ?? ['tables', 'runtime'])
  }

  get stopped(): AbortSignal {
    return this.#stopping.signal
  }

  /** Resolves when the held call has been reached. */
  get held(): Promise<void> {
    return this.#held.promise
  }

  /** Lets the held call take effect; nothing after it does. */
  letGo(): void {
    this.#released.resolve()
  }

  decorate: PortDecorator = (name, port) =>
    new Proxy(port, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target)
        if (typeof value !== 'function' || typeof property !== 'string') return value
        const method = value as (...words: unknown[]) => unknown
        if (immediate.has(property)) return (...words: unknown[]) => method.apply(target, words)
        return (...words: unknown[]) => this.#call(name, property, () => method.apply(target, words))
      },
    })

  async #call(name: PortName, method: string, run: () => unknown): Promise<unknown> {
    if (this.#holding) await this.#released.promise
    this.#refuse()
    if (!this.#counted.has(name)) {
      const uncounted = await run()
      this.#refuse()
      return uncounted
    }
    const number = this.calls.push(`${name}.${method}`)
    const { holdBefore, pause } = this.#options
    const stop = this.#isAt(number, this.#options.stop) ? this.#options.stop?.when : null
    if (stop === 'before') this.#stop()
    if (this.#isAt(number, pause?.at)) pause?.onPause()
    if (holdBefore === number) {
      this.#holding = true
      this.#held.resolve()
      await this.#released.promise
      this.#stopping.abort(new Stopped(`paused at call ${number} (${name}.${method})`))
      return run()
    }
    const result = await run()
    // Another call of the run may have stopped it meanwhile: then this answer never arrives.
    if (result instanceof Readable && (this.stopped.aborted || stop === 'after')) result.destroy()
    this.#refuse()
    if (stop === 'after') this.#stop()
    return result
  }

  #isAt(number: number, point: Omit<StopPoint, 'when'> | null | undefined): boolean {
    if (point === null || point === undefined) return false
    if (point.of === undefined) return point.call === number
    return this.calls[number - 1] === point.of && this.calls.filter((name) => name === point.of).length === point.call
  }

  #refuse(): void {
    if (this.stopped.aborted) throw this.stopped.reason
  }

  #stop(): never {
    this.#options.onStop?.()
    this.#stopping.abort(new Stopped(`stopped at call ${this.calls.length} (${this.calls.at(-1)})`))
    throw this.stopped.reason
  }
}
