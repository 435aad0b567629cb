import { canonicalJson, sha256Hex } from '../domain/digest.ts'
import type { Json } from '../domain/json.ts'
import type { ModelId } from '../domain/names.ts'
import type { Clock } from '../domain/ports.ts'
import type { Item, Tables } from './tables.ts'
import { writeItem, type Writer } from './write-item.ts'

/** What happened, by whose revision; `change` names the write, so that a repeated run does not record it twice. */
export interface AuditEvent {
  readonly event: string
  readonly who: string
  readonly what: string
  readonly revision: string
  readonly planDigest: string | null
  readonly evidence?: Json
  readonly result: string
  /** Digest of the item that is about to be written, with the `rev` that it replaces. */
  readonly change: string
}

const FIRST_PREVIOUS = ''

/** How many entries back an interrupted change is looked for: its repetition may come after others of the same look. */
const LOOK_BACK = 50

/** The hash of an audit item: sha256 of its canonical JSON with `previous`, without its own bookkeeping. */
export function auditHash(item: Item): string {
  const { hash: _hash, rev: _rev, fence: _fence, ...hashed } = item
  return `sha256:${sha256Hex(canonicalJson(hashed))}`
}

/** The end of a model's chain. */
interface Tail {
  /** 0: there is no entry yet. */
  readonly sequence: number
  readonly hash: string
  /** Of the newest entries. */
  readonly changes: readonly string[]
}

/**
 * Appends to the hash chain of one model. Written before the change that it records: a kill between the two leaves an
 * entry whose `change` the next run recognises and does not repeat.
 */
export class AuditLog {
  readonly #tables: Tables
  readonly #clock: Clock
  readonly #tails = new Map<ModelId, Tail>()

  constructor(tables: Tables, clock: Clock) {
    this.#tables = tables
    this.#clock = clock
  }

  async append(writer: Writer, model: ModelId, event: AuditEvent): Promise<void> {
    const tail = await this.#tailOf(model, writer.check())
    if (tail.changes.includes(event.change)) return
    const item: Item = {
      pk: `audit#${model}`,
      sk: String(tail.sequence + 1).padStart(9, '0'),
      event: event.event,
      who: event.who,
      what: event.what,
      revision: event.revision,
      plan_digest: event.planDigest,
      evidence: event.evidence ?? null,
      result: event.result,
      change: event.change,
      at: this.#clock.now().toISOString(),
      previous: tail.hash,
    }
    this.#tails.delete(model) // read again if the write's outcome stays unknown
    const after = { ...item, hash: auditHash(item) }
    await writeItem(this.#tables, writer, { table: 'steward-control', before: null, after })
    const changes = [event.change, ...tail.changes].slice(0, LOOK_BACK)
    this.#tails.set(model, { sequence: tail.sequence + 1, hash: after.hash, changes })
  }

  async #tailOf(model: ModelId, signal: AbortSignal): Promise<Tail> {
    const known = this.#tails.get(model)
    if (known !== undefined) return known
    const request = { partition: partitionOf(model), descending: true, limit: LOOK_BACK }
    const newest = await this.#tables.query('steward-control', request, signal)
    const [last] = newest
    const tail = {
      sequence: last === undefined ? 0 : Number(last.sk),
      hash: last === undefined ? FIRST_PREVIOUS : String(last.hash),
      changes: newest.map(({ change }) => String(change)),
    }
    this.#tails.set(model, tail)
    return tail
  }
}

/** A model's chain, oldest entry first: one query. */
export async function readChain(tables: Tables, model: ModelId, signal?: AbortSignal): Promise<readonly Item[]> {
  return tables.query('steward-control', { partition: partitionOf(model) }, signal)
}

function partitionOf(model: ModelId): { readonly attribute: string; readonly value: string } {
  return { attribute: 'pk', value: `audit#${model}` }
}

/** The first break of a model's chain, or null: for `audit verify` and for tests. */
export function findChainBreak(items: readonly Item[]): { readonly sequence: string; readonly why: string } | null {
  let previous = FIRST_PREVIOUS
  for (const [index, item] of items.entries()) {
    const sequence = String(item.sk)
    if (Number(sequence) !== index + 1) return { sequence, why: 'an entry before it is missing' }
    if (item.previous !== previous) return { sequence, why: 'it does not follow the entry before it' }
    if (item.hash !== auditHash(item)) return { sequence, why: 'it was changed after it was written' }
    previous = String(item.hash)
  }
  return null
}
