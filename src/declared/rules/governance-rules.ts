import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { Fault, YamlDocument } from '../fault.ts'
import { isDay } from '../../domain/days.ts'
import { checkTimezone } from './timezone-rules.ts'

/** Said once a document, where there is something to enforce: nobody shall count on it. */
function notEnforced(kind: string, document: YamlDocument): Fault {
  const { start } = document.rangeOf([])
  return {
    code: 'ST1015',
    summary: `${kind} documents are checked, but not enforced by this version`,
    help: 'Nothing enforces it yet.',
    range: { start, end: start },
  }
}

export function checkLifecycleItself(value: JsonObject, document: YamlDocument): Fault[] {
  const place = { range: document.keyRangeOf(['preset']), pointer: '/preset' }
  if (value.preset !== undefined && value.stages !== undefined) {
    const help = 'Keep `preset` for the stages that come with Steward, or `stages` for your own.'
    return [{ code: 'ST1105', summary: '`preset` and `stages` exclude each other', help, ...place }]
  }
  if (value.preset === undefined && value.stages === undefined) {
    const { start } = document.rangeOf([])
    const help = 'Add `stages`, or `preset: aws`.'
    return [{ code: 'ST1102', summary: 'a life cycle needs `stages` or `preset`', help, range: { start, end: start } }]
  }
  const stages = Array.isArray(value.stages) ? value.stages.filter(isJsonObject) : []
  const enforced = ['gates', 'verify', 'reports', 'rollback_window', 'on_revoke']
  const asks = stages.some(
    (stage) => enforced.some((field) => stage[field] !== undefined) || (stage.promote ?? 'manual') !== 'manual',
  )
  return asks ? [notEnforced('Lifecycle', document)] : []
}

export function checkFreeze(value: JsonObject, document: YamlDocument): Fault[] {
  const faults = [...checkTimezone(value, document)]
  const dates = (['from', 'until'] as const).map((field) => String(value[field]))
  for (const [index, text] of dates.entries()) {
    const field = index === 0 ? 'from' : 'until'
    if (!isDay(text.slice(0, 10))) faults.push(noDay(field, text, document))
  }
  const [from = '', until = ''] = dates
  if (faults.length === 0 && from >= until) {
    const summary = `the freeze ends on ${until}, before it begins on ${from}`
    const place = { range: document.rangeOf(['until']), pointer: '/until' }
    faults.push({ code: 'ST1231', summary, help: 'Write an `until` after `from`.', ...place })
  }
  return [...faults, notEnforced('Freeze', document)]
}

function noDay(field: string, text: string, document: YamlDocument): Fault {
  const place = { range: document.rangeOf([field]), pointer: `/${field}` }
  return { code: 'ST1105', summary: `${text} is no day of the calendar`, help: 'Write it as 2026-12-31.', ...place }
}

export function checkApprovalItself(value: JsonObject, document: YamlDocument): Fault[] {
  const faults: Fault[] = []
  if (value.decision === 'waived' && value.expires === undefined) {
    const place = { range: document.rangeOf(['decision']), pointer: '/decision' }
    const help = 'Add `expires`: a waiver holds for a time.'
    faults.push({ code: 'ST1230', summary: 'a waiver needs `expires`', help, ...place })
  }
  if (typeof value.expires === 'string' && !isDay(value.expires)) faults.push(noDay('expires', value.expires, document))
  return [...faults, notEnforced('Approval', document)]
}
