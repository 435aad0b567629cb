import { isDay } from '../../domain/days.ts'
import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'

/** A time zone that exists. */
export function checkTimezone(value: JsonObject, document: YamlDocument, path: Path = ['timezone']): Fault[] {
  const { timezone } = value
  if (typeof timezone !== 'string' || isTimezone(timezone)) return []
  const summary = `there is no time zone ${timezone}`
  const help = 'Write a name such as Europe/Zurich or UTC.'
  return [{ code: 'ST1105', summary, help, range: document.rangeOf(path), pointer: `/${path.join('/')}` }]
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** A date that exists, where one is written. */
export function checkDay(value: JsonObject, document: YamlDocument, path: Path): Fault[] {
  const held = path.reduce<unknown>((at, name) => (isJsonObject(at) ? at[name] : undefined), value)
  if (typeof held !== 'string' || isDay(held)) return []
  const place = { range: document.rangeOf(path), pointer: `/${path.join('/')}` }
  return [{ code: 'ST1105', summary: `${held} is no day of the calendar`, help: 'Write it as 2026-12-31.', ...place }]
}
