import { StewardError } from '../domain/errors.ts'
import type { Clock } from '../domain/ports.ts'
import type { Liveness, ProcessIdentity } from '../system/processes.ts'
import type { Item, Tables } from './tables.ts'
import { writeItem, type Writer } from './write-item.ts'

export const leaseKey = { pk: 'lease#writer', sk: 'lease' } as const
export const DEFAULT_LEASE_MS = 15_000

export interface LeaseOptions {
  readonly tables: Tables
  readonly clock: Clock
  readonly identity: ProcessIdentity
  readonly livenessOf: (identity: ProcessIdentity) => Liveness
  readonly lengthMs: number
}

/** Who holds the lease, as it was read. */
export interface LeaseHolder {
  readonly holder: string
  readonly epoch: number
  readonly released: boolean
}

export type AcquireOutcome =
  { readonly kind: 'acquired'; readonly lease: Lease } | { readonly kind: 'held'; readonly by: LeaseHolder }

/**
 * One writer per set of tables (I2). Renewed at a third of its length by compare-and-set; a holder sends nothing after
 * its own monotonic deadline. No two clocks are ever compared: see docs/architecture.md, "The lease".
 */
export class Lease implements Writer {
  readonly #options: LeaseOptions
  readonly #lost = new AbortController()
  #item: Item
  #deadline: number
  /** When the beat that is on its way was first sent; null when the last one is known to have landed. */
  #sentAt: number | null = null
  /** The signal of all checks up to one deadline: a timer for each of them would be thousands. */
  #limit: { readonly deadline: number; readonly signal: AbortSignal } | null = null
  #renewal: Promise<void> | null = null
  readonly #stopped = new AbortController()
  /** Who had it before, as it was taken; null: nobody ever. */
  readonly previous: LeaseHolder | null

  constructor(
    options: LeaseOptions,
    item: Item,
    { deadline, previous }: { deadline: number; previous: LeaseHolder | null },
  ) {
    this.previous = previous
    this.#options = options
    this.#item = item
    this.#deadline = deadline
  }

  get epoch(): number {
    return Number(this.#item.epoch)
  }

  get holder(): string {
    return String(this.#item.holder)
  }

  /** Aborted when the lease is lost. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  check(): AbortSignal {
    this.#lost.signal.throwIfAborted()
    const left = this.#deadline - this.#options.clock.monotonic()
    if (left <= 0) throw this.#lose('its time ran out before it was renewed')
    if (this.#limit?.deadline !== this.#deadline) {
      const signal = AbortSignal.any([this.#lost.signal, tooLateAfter(left)])
      this.#limit = { deadline: this.#deadline, signal }
    }
    return this.#limit.signal
  }

  /** Begins the renewals; they end with `release`, or when the lease is lost. */
  start(): void {
    this.#renewal ??= this.#renewLoop()
  }

  /** Marks the lease as free at once; a successor does not have to wait. Does nothing when it is lost already. */
  async release(): Promise<void> {
    this.#stopped.abort()
    await this.#renewal
    if (this.#lost.signal.aborted || this.#options.clock.monotonic() >= this.#deadline) return
    const { tables } = this.#options
    const signal = this.check()
    // Nothing may be written any more from the moment on in which a successor can see it as free.
    this.#deadline = Number.NEGATIVE_INFINITY
    const last: Writer = { epoch: this.epoch, lost: this.lost, check: () => signal }
    const after = { ...this.#item, released: true }
    await writeItem(tables, last, { table: 'steward-control', before: this.#item, after }).catch(() => undefined)
  }

  async #renewLoop(): Promise<void> {
    const { clock, lengthMs } = this.#options
    for (;;) {
      await clock.sleep(lengthMs / 3, this.#stopped.signal).catch(() => undefined)
      if (this.#stopped.signal.aborted || this.#lost.signal.aborted) return
      await this.#renew()
    }
  }

  async #renew(): Promise<void> {
    const { tables, clock, lengthMs } = this.#options
    // A beat whose answer was lost may have been seen by others since it was first sent.
    const sentAt = (this.#sentAt ??= clock.monotonic())
    try {
      const after = { ...this.#item, beat: Number(this.#item.beat) + 1 }
      this.#item = await writeItem(tables, this, { table: 'steward-control', before: this.#item, after })
      this.#deadline = sentAt + lengthMs
      this.#sentAt = null
    } catch (error) {
      const conflict = error instanceof StewardError && ['write_conflict', 'item_foreign'].includes(error.code)
      if (conflict) this.#lose('another controller took it')
      else if (clock.monotonic() >= this.#deadline) this.#lose('it could not be renewed in time')
    }
  }

  #lose(why: string): StewardError {
    const error = new StewardError(`the lease was lost: ${why}`, { code: 'lease_lost', retry: 'backoff' })
    if (!this.#lost.signal.aborted) this.#lost.abort(error)
    return error
  }
}

/** Ends requests at a deadline of the lease: what is answered later may have been overtaken. */
function tooLateAfter(ms: number): AbortSignal {
  const late = new AbortController()
  const error = new StewardError('the tables did not answer while the lease lasted', {
    code: 'tables_failed',
    retry: 'backoff',
  })
  setTimeout(() => late.abort(error), Math.ceil(ms)).unref()
  return late.signal
}

/**
 * Takes the lease if it is free, released, held by a dead process of this boot, or unchanged for its own length as
 * seen from here. `wait` keeps trying; without it a live holder is named as soon as it shows life. `onWait` may end the
 * waiting by `false`.
 */
export async function acquireLease(
  options: LeaseOptions,
  request: {
    readonly wait: boolean
    readonly signal?: AbortSignal
    readonly onWait?: (by: LeaseHolder) => void | Promise<boolean>
  },
): Promise<AcquireOutcome> {
  const { tables, clock, livenessOf } = options
  let seen = null as { readonly mark: string; readonly since: number } | null
  for (;;) {
    request.signal?.throwIfAborted()
    const item = await tables.get('steward-control', leaseKey, request.signal)
    const by = item === null ? null : holderOf(item)
    const now = clock.monotonic()
    const mark = JSON.stringify([item?.holder, item?.epoch, item?.beat])
    const life = item === null ? 'dead' : livenessOf(identityOfItem(item))
    const unchanged: number = seen?.mark === mark ? now - seen.since : 0
    if (item === null || by === null || by.released || life === 'dead' || unchanged >= Number(item.length_ms)) {
      const lease = await take(options, item)
      if (lease !== null) return { kind: 'acquired', lease }
      continue
    }
    const showsLife = life === 'alive' || (seen !== null && seen.mark !== mark)
    if (showsLife && !request.wait) return { kind: 'held', by }
    if (seen?.mark !== mark) seen = { mark, since: now }
    if ((await request.onWait?.(by)) === false) return { kind: 'held', by }
    await clock.sleep(Math.min(1000, Math.max(50, Number(item.length_ms) / 10)), request.signal)
  }
}

/** How the holder that the lease names stands to it now; `unknown`: it runs, or ran, where it can not be looked at. */
export interface LeaseStanding extends LeaseHolder {
  readonly standing: 'released' | Liveness
}

/** Who took the lease last; null where nobody ever did. */
export async function readLease(
  tables: Tables,
  livenessOf: LeaseOptions['livenessOf'],
  signal?: AbortSignal,
): Promise<LeaseStanding | null> {
  const item = await tables.get('steward-control', leaseKey, signal)
  if (item === null) return null
  const by = holderOf(item)
  return { ...by, standing: by.released ? 'released' : livenessOf(identityOfItem(item)) }
}

/** The current holder, or null when nobody holds the lease (never taken, released, or its process is dead). */
export async function currentHolder(
  tables: Tables,
  livenessOf: LeaseOptions['livenessOf'],
  signal?: AbortSignal,
): Promise<LeaseHolder | null> {
  const lease = await readLease(tables, livenessOf, signal)
  if (lease === null || lease.standing === 'released' || lease.standing === 'dead') return null
  return { holder: lease.holder, epoch: lease.epoch, released: lease.released }
}

async function take(options: LeaseOptions, item: Item | null): Promise<Lease | null> {
  const { tables, clock, identity, lengthMs } = options
  const epoch = (item === null ? 0 : Number(item.epoch)) + 1
  const before = clock.monotonic()
  const after: Item = {
    ...leaseKey,
    holder: `${identity.host}:${identity.pid}`,
    boot: identity.boot,
    started: identity.started,
    epoch,
    beat: 0,
    length_ms: lengthMs,
    released: false,
  }
  // The lease is not held yet: its own compare-and-set is what protects this write.
  const writer: Writer = { epoch, lost: new AbortController().signal, check: () => AbortSignal.timeout(lengthMs) }
  try {
    const written = await writeItem(tables, writer, { table: 'steward-control', before: item, after })
    return new Lease(options, written, { deadline: before + lengthMs, previous: item === null ? null : holderOf(item) })
  } catch (error) {
    if (error instanceof StewardError && error.code === 'write_conflict') return null
    throw error
  }
}

function holderOf(item: Item): LeaseHolder {
  return { holder: String(item.holder), epoch: Number(item.epoch), released: item.released === true }
}

function identityOfItem(item: Item): ProcessIdentity {
  const [host = '', pid = '0'] = String(item.holder).split(/:(?=\d+$)/)
  return { host, boot: String(item.boot ?? ''), pid: Number(pid), started: String(item.started ?? '') }
}
