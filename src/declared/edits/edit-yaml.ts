import type { Json } from '../../domain/json.ts'
import { changedSpan, mergeSpans, type LineSpan } from './changed-lines.ts'
import { editedValue, sameValue } from './edited-value.ts'
import { openText, type OpenText } from './open-text.ts'
import { planEdit } from './plan-edit.ts'
import { applySplices, type EditPlan } from './splices.ts'
import { lineStart } from './text-lines.ts'

export type EditPath = readonly (string | number)[]

/**
 * One change of a document.
 * - `set` replaces the value, or adds the key with the parents that are missing; the index that equals a list's
 *   length appends. A key whose value is null counts as missing where the path goes on.
 * - `insert` adds a key that does not exist yet, behind the sibling `after` if there is one, else at the end.
 * - `delete` removes a key or an element with its own comment: the lines directly above it, and what is indented below.
 *
 * `style: 'flow'` writes a new collection in one line also where the document would have it in block style.
 */
export type Edit =
  | { readonly kind: 'set'; readonly path: EditPath; readonly value: Json; readonly style?: 'flow' }
  | {
      readonly kind: 'insert'
      readonly path: EditPath
      readonly value: Json
      readonly after?: string
      readonly style?: 'flow'
    }
  | { readonly kind: 'delete'; readonly path: EditPath }

/** 1-based line and column in the text that the edit was asked of (after the edits before it). */
export interface EditProblem {
  readonly message: string
  readonly line: number
  readonly column: number
}

/** `changedLines` are lines of the new text; a span with `start === end` is a place where lines were only removed. */
export type EditResult =
  { readonly text: string; readonly changedLines: readonly LineSpan[] } | { readonly problem: EditProblem }

/**
 * Edits a document as text, one edit after the other: every byte that was not asked for stays as it is. The result is
 * parsed again and must hold exactly the value that was asked for; if it does not, the answer is a problem and never
 * a wrong text. Does not throw on any text, path or value.
 */
export function editYaml(text: string, edits: readonly Edit[]): EditResult {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark : ''
  let opened = openText(text.slice(mark.length))
  if ('problem' in opened) return opened
  let spans: readonly LineSpan[] = []
  for (const edit of edits) {
    const edited = editOnce(opened, edit)
    if ('problem' in edited) return edited
    const span = changedSpan(opened.text, edited.text)
    if (span !== null) spans = mergeSpans(spans, span)
    opened = edited
  }
  return { text: mark + opened.text, changedLines: spans.map(({ start, end }) => ({ start, end })) }
}

const byteOrderMark = '\uFEFF'

function editOnce(opened: OpenText, edit: Edit): OpenText | { readonly problem: EditProblem } {
  const plan = planEdit(opened, edit)
  if ('problem' in plan) return { problem: { message: plan.problem, ...opened.positionOf(plan.at) } }
  if (plan.splices.length === 0) return opened
  const text = applySplices(opened.text, plan.splices)
  const edited = openText(text)
  const failed = (message: string): { readonly problem: EditProblem } => ({
    problem: { message, ...opened.positionOf(plan.start) },
  })
  if ('problem' in edited) return failed(`the edited document could not be read: ${edited.problem.message}`)
  const kept = staysWithin(opened.text, text, plan) && sameValue(edited.value, editedValue(opened.value, edit))
  return kept ? edited : failed('could not be edited without touching other lines')
}

/** Whether everything outside of the lines from `plan.start` to `plan.end` is byte for byte what it was. */
function staysWithin(before: string, after: string, { start, end }: EditPlan): boolean {
  const from = lineStart(before, start)
  const rest = before.slice(end)
  return after.length >= from + rest.length && after.startsWith(before.slice(0, from)) && after.endsWith(rest)
}
