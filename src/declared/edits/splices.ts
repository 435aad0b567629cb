/** Replaces the characters from `start` to `end` (exclusive). */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** What an edit does to the text; nothing outside of the lines from `start` to `end` may change. */
export interface EditPlan {
  readonly splices: readonly Splice[]
  readonly start: number
  readonly end: number
}

/** Why an edit is refused, and the offset in the text that shows it. */
export interface Refusal {
  readonly problem: string
  readonly at: number
}

export type Planned = EditPlan | Refusal

/** Splices must not overlap; their order does not matter, except that of insertions at one place. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let [result, at] = ['', 0]
  for (const splice of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, splice.start) + splice.text
    at = splice.end
  }
  return result + text.slice(at)
}
