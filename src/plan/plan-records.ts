import type { DeclaredUnit, DeclaredVersion } from '../declared/declared-state.ts'
import { findingAtKey } from '../declared/findings.ts'
import { changedImmutables } from '../declared/rules/immutability.ts'
import type { DiagnosticCode } from '../domain/diagnostic-codes.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import type { JsonObject } from '../domain/json.ts'
import { changedFields } from '../domain/objects.ts'
import { catalogDocument, catalogFields, registryDocument, registryFields } from '../recorded/documents.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Action, ActionKind } from './plan.ts'

export interface RecordPlan {
  readonly actions: readonly Action[]
  readonly unchanged: number
  readonly diagnostics: readonly Diagnostic[]
}

/** What has to change in the catalog and the registry for one declared unit. */
export function planRecords(unit: DeclaredUnit, recorded: RecordedUnit): RecordPlan {
  const catalog = planCatalog(unit, recorded)
  const versions = [...unit.versions.values()].sort((a, b) => a.number - b.number)
  const planned = versions.map((version) => planVersion(unit, version, recorded))
  const gone = [...recorded.versions]
    .filter(([number, item]) => !unit.versions.has(number) && item.status !== 'retired')
    .sort(([a], [b]) => a - b)
    .map(([number, item]) => retire('registry.retire', `${unit.model}@${number}`, String(item.status)))
  const actions = [...catalog.actions, ...planned.flatMap(({ actions: found }) => found), ...gone]
  return {
    actions,
    unchanged: catalog.unchanged + planned.reduce((sum, { unchanged }) => sum + unchanged, 0),
    diagnostics: planned.flatMap(({ diagnostics }) => diagnostics),
  }
}

/** Everything of a model that is declared no more. */
export function planRemovedRecords(recorded: RecordedUnit): Action[] {
  const { model, versions, catalog } = recorded
  const actions = [...versions]
    .filter(([, item]) => item.status !== 'retired')
    .sort(([a], [b]) => a - b)
    .map(([number, item]) => retire('registry.retire', `${model}@${number}`, String(item.status)))
  if (catalog !== null && catalog.status !== 'retired')
    actions.push(retire('catalog.retire', model, String(catalog.status)))
  return actions
}

function retire(kind: ActionKind, key: string, status: string): Action {
  const reason = 'no longer declared'
  return { kind, key, before: { status }, after: null, fields: ['status'], reason, risk: 'medium', position: null }
}

function planCatalog(unit: DeclaredUnit, recorded: RecordedUnit): RecordPlan {
  if (unit.catalog === null) return { actions: [], unchanged: 0, diagnostics: [] }
  const after = { ...catalogFields(unit.catalog.value as unknown as JsonObject), status: 'active' }
  const item = recorded.catalog
  const before = item === null ? null : { ...catalogDocument(item), status: item.status ?? 'active' }
  const position = { path: unit.catalog.document.path, line: 1 }
  return upsert({ kind: 'catalog.upsert', key: unit.model, before, after, position })
}

function planVersion(unit: DeclaredUnit, version: DeclaredVersion, recorded: RecordedUnit): RecordPlan {
  const item = recorded.versions.get(version.number)
  const { document, number, value } = version
  const status = value.deprecated === undefined ? 'registered' : 'deprecated'
  const after = { ...registryFields(document.value, unit.catalog?.value.url), status }
  const before = item === undefined ? null : { ...registryDocument(item), status: item.status ?? 'registered' }
  const faults = before === null ? [] : immutableFaults(version, { before, after, next: nextFree(unit, recorded) })
  if (faults.length > 0) return { actions: [], unchanged: 0, diagnostics: faults }
  const position = { path: document.path, line: 1 }
  return upsert({ kind: 'registry.upsert', key: `${unit.model}@${number}`, before, after, position })
}

function upsert(change: {
  readonly kind: ActionKind
  readonly key: string
  readonly before: JsonObject | null
  readonly after: JsonObject
  readonly position: { readonly path: string; readonly line: number }
}): RecordPlan {
  const { before, after, ...rest } = change
  const base = { ...rest, risk: 'low' as const }
  if (before === null) {
    const action = { ...base, before, after, fields: Object.keys(after).sort(), reason: 'not recorded yet' }
    return { actions: [action], unchanged: 0, diagnostics: [] }
  }
  const changed = changedFields(before, after)
  if (changed === null) return { actions: [], unchanged: 1, diagnostics: [] }
  return {
    actions: [{ ...base, ...changed, reason: `changed: ${changed.fields.join(', ')}` }],
    unchanged: 0,
    diagnostics: [],
  }
}

/** The number after every one that is declared or was ever recorded. */
function nextFree(unit: DeclaredUnit, recorded: RecordedUnit): number {
  return Math.max(0, ...unit.versions.keys(), ...recorded.versions.keys()) + 1
}

/** I4, against what is recorded; I5 where the number was given up. */
function immutableFaults(
  { document, number }: DeclaredVersion,
  { before, after, next }: { readonly before: JsonObject; readonly after: JsonObject; readonly next: number },
): Diagnostic[] {
  const code: DiagnosticCode = before.status === 'retired' ? 'ST1210' : 'ST1209'
  const summary = (field: string): string =>
    code === 'ST1210'
      ? `version ${number} was used before, with other content (\`${field}\`)`
      : `\`${field}\` of version ${number} is registered and can not change`
  const help =
    code === 'ST1210'
      ? `Rename it to versions/${next}.yaml.`
      : `It was recorded as it was. Put it back, and register the change as versions/${next}.yaml.`
  return changedImmutables(before, after).map((field) =>
    findingAtKey(document, [field], { code, summary: summary(field), help }),
  )
}
