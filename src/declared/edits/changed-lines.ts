/** 1-based lines; `end` is exclusive. */
export interface LineSpan {
  readonly start: number
  readonly end: number
}

/** A span of the new text that took the place of `replaced` lines of the old one. */
interface Change extends LineSpan {
  readonly replaced: number
}

/** Where two texts differ, in whole lines; null if they are equal. */
export function changedSpan(before: string, after: string): Change | null {
  if (before === after) return null
  const [old, fresh] = [before.split('\n'), after.split('\n')]
  const most = Math.min(old.length, fresh.length)
  let head = 0
  while (head < most && old[head] === fresh[head]) head += 1
  let tail = 0
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1
  // What `split` finds behind the last line end is no line.
  const lines = after.endsWith('\n') || after === '' ? fresh.length - 1 : fresh.length
  const end = Math.max(head + 1, Math.min(lines, fresh.length - tail) + 1)
  return { start: head + 1, end, replaced: old.length - tail - head }
}

/** Adds a later change to the spans of earlier ones, which it moves or touches. */
export function mergeSpans(earlier: readonly LineSpan[], change: Change): LineSpan[] {
  const grown = change.end - change.start - change.replaced
  const replacedEnd = change.start + change.replaced
  let merged: LineSpan = { start: change.start, end: change.end }
  const others: LineSpan[] = []
  for (const span of earlier) {
    if (span.end < change.start) others.push(span)
    else if (span.start > replacedEnd) others.push({ start: span.start + grown, end: span.end + grown })
    else {
      const end = Math.max(span.end, replacedEnd) + grown
      merged = { start: Math.min(merged.start, span.start), end: Math.max(merged.end, end) }
    }
  }
  return [...others, merged].toSorted((a, b) => a.start - b.start)
}
