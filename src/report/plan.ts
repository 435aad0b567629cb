import type { Json, JsonObject } from '../domain/json.ts'
import type { Action, Plan } from '../plan/plan.ts'
import { countText, painter, plain } from './diagnostics.ts'

const SHORT = 60

/** The plan for people: counts first, then each unit with what changes and where it is declared. */
export function prettyPlan(plan: Plan, colour: boolean): string {
  const paint = painter(colour)
  const { create, update, delete: deletes, blocked, unchanged, drift } = plan.summary
  const out = [`${paint('bold', 'Plan')} for ${plain(plan.revision)}`]
  for (const { unit, stage, blocked: isBlocked, actions, digest } of plan.units) {
    out.push('', `${paint('bold', unit)}${stage === null ? '' : ` in ${paint('bold', stage)}`}`)
    if (isBlocked) out.push(paint('red', '  blocked by errors; nothing of it is changed'))
    for (const action of actions) out.push(...actionLines(action, paint))
    if (actions.length > 0) out.push(paint('dim', `  ${digest.slice(0, 19)}`))
  }
  for (const { message, class: kind } of plan.drift)
    out.push('', `${paint('yellow', kind.replaceAll('_', ' '))}: ${plain(message)}`)
  const counts = [`${create} to create`, `${update} to update`, `${deletes} to delete`, `${unchanged} unchanged`]
  if (blocked > 0) counts.push(paint('red', `${countText(blocked, 'unit')} blocked`))
  if (drift > 0) counts.push(paint('yellow', `${drift} drifted`))
  if (!plan.observed) counts.push('runtimes not observed')
  out.push('', `${counts.join(', ')}.`, `Plan digest ${plan.digest}`)
  return out.join('\n')
}

type Paint = ReturnType<typeof painter>

function actionLines(action: Action, paint: Paint): string[] {
  const { kind, key, before, after, fields, reason, position } = action
  const retired = kind.endsWith('.retire')
  const sign = before === null ? '+' : retired ? '-' : '~'
  const style = before === null ? 'cyan' : retired ? 'red' : 'yellow'
  const where = position === null ? '' : paint('dim', `  ${plain(position.path)}:${position.line}`)
  const lines = [`  ${paint(style, sign)} ${kind} ${plain(key)}: ${plain(reason)}${where}`]
  if (before === null || after === null) return lines
  for (const field of fields) lines.push(`      ${field}: ${show(before, field)} → ${show(after, field)}`)
  return lines
}

function show(value: JsonObject, field: string): string {
  const held: Json | undefined = value[field]
  if (held === undefined) return '(none)'
  const text = typeof held === 'string' ? held : JSON.stringify(held)
  return plain(text.length > SHORT ? `${text.slice(0, SHORT)}…` : text)
}

/** How two plans differ, for a refused saved plan. */
export function planDifference(saved: Plan, current: Plan): string[] {
  const key = (unit: Plan['units'][number]): string => `${unit.unit}${unit.stage === null ? '' : ` in ${unit.stage}`}`
  const before = new Map(saved.units.map((unit) => [key(unit), unit]))
  const now = new Map(current.units.map((unit) => [key(unit), unit]))
  const names = [...new Set([...before.keys(), ...now.keys()])].sort()
  return names.flatMap((name) => {
    const [old, fresh] = [before.get(name), now.get(name)]
    if (old?.digest === fresh?.digest && old?.blocked === fresh?.blocked) return []
    const list = (unit: typeof old): string =>
      unit === undefined || unit.actions.length === 0
        ? unit?.blocked === true
          ? 'blocked'
          : 'nothing'
        : unit.actions.map(actionText).join('; ')
    return [`${plain(name)}`, `  - planned: ${plain(list(old))}`, `  + now:     ${plain(list(fresh))}`]
  })
}

function actionText({ kind, key, before, after, fields, reason }: Action): string {
  if (before === null || after === null) return `${kind} ${key} (${reason})`
  return `${kind} ${key} (${fields.map((field) => `${field}: ${show(before, field)} → ${show(after, field)}`).join(', ')})`
}
