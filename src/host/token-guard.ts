import type { IncomingMessage } from 'node:http'
import { errorMessage } from '../domain/errors.ts'
import { bears, tokenDigest } from './bearer.ts'
import type { HostContext } from './context.ts'
import type { TokenAuth } from './deployment-body.ts'
import { Refusal } from './refusal.ts'

interface Kept {
  readonly digest: Promise<Buffer>
  /** Monotonic time. */
  readonly until: number
}

/** Lets requests in that bear the token of their deployment. */
export class TokenGuard {
  readonly #context: HostContext
  /** By reference. Digests only: the token itself is not needed again. */
  readonly #kept = new Map<string, Kept>()
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(context: HostContext) {
    this.#context = context
  }

  /** Throws 401 without the token, and 503 where nobody can say what it is: never lets in for want of an answer. */
  async check(request: IncomingMessage, auth: TokenAuth): Promise<void> {
    let digest: Buffer
    try {
      digest = await this.#digestOf(auth.token_ref)
    } catch (error) {
      this.#kept.delete(auth.token_ref)
      this.#tell(errorMessage(error))
      throw new Refusal(503, 'token_unreadable', 'the token of this deployment can not be read at the moment')
    }
    if (!bears(request, digest)) throw new Refusal(401, 'unauthorized', 'the token is missing or wrong')
  }

  /** Not for every request: they may be many. */
  #tell(problem: string): void {
    const { clock, timings } = this.#context
    if (clock.monotonic() - this.#toldAt < timings.tokenCacheMs) return
    this.#toldAt = clock.monotonic()
    this.#context.onMessage(`requests are refused, the token can not be read: ${problem}`)
  }

  /** The token as it was a few seconds ago at most. Who comes while it is read waits for the same answer. */
  async #digestOf(reference: string): Promise<Buffer> {
    const { clock, timings, secrets } = this.#context
    const now = clock.monotonic()
    const there = this.#kept.get(reference)
    if (there !== undefined && now < there.until) return there.digest
    for (const [other, { until }] of this.#kept) if (until <= now) this.#kept.delete(other)
    const signal = AbortSignal.timeout(timings.secretTimeoutMs)
    const digest = secrets.resolve(reference, signal).then((token) => tokenDigest(token.reveal()))
    this.#kept.set(reference, { digest, until: now + timings.tokenCacheMs })
    return digest
  }
}
