import type { ReadEntries, SourceEntry } from '../../source/source.ts'

/** Files whose bytes are needed now, to be handed over one by one in this order. */
export interface ReadRequest {
  readonly of: 'revision' | 'base'
  readonly entries: Iterable<SourceEntry>
  readonly take: (entry: SourceEntry, bytes: Uint8Array) => void
}

/** A computation that asks for bytes and does nothing else to the outside. */
export type Reading<Result> = Generator<ReadRequest, Result, void>

/** Runs a computation with readers for what it asks. */
export async function fulfil<Result>(
  reading: Reading<Result>,
  readers: Readonly<Record<ReadRequest['of'], ReadEntries>>,
): Promise<Result> {
  for (;;) {
    const step = reading.next()
    if (step.done === true) return step.value
    const { of, entries, take } = step.value
    await readers[of](entries, take)
  }
}
