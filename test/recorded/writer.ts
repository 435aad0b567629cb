import type { Writer } from '../../src/recorded/write-item.ts'

/** A writer that holds its epoch for ever. */
export function writerOf(epoch: number): Writer {
  const { signal } = new AbortController()
  return { epoch, lost: signal, check: () => signal }
}
