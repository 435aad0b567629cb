import type { DeclaredUnit } from '../declared/declared-state.ts'
import type { JsonObject } from '../domain/json.ts'
import { digestOf } from '../domain/digest.ts'
import type { ModelId } from '../domain/names.ts'
import type { Action } from '../plan/plan.ts'
import { catalogFields, registryFields } from '../recorded/documents.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'
import type { Item } from '../recorded/tables.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'

/** Carries out the catalog and registry actions of one unit, in the plan's order. */
export async function applyRecords(
  ports: ReconcilePorts,
  intent: Intent,
  work: {
    readonly model: ModelId
    readonly unit: DeclaredUnit | undefined
    readonly recorded: RecordedUnit
    readonly actions: readonly Action[]
  },
): Promise<void> {
  const { model, unit, recorded, actions } = work
  for (const { kind, key } of actions) {
    const number = Number(key.split('@')[1] ?? 0)
    const what = kind.startsWith('catalog') ? model : `${model}@${number}`
    const base = { model, event: kind, what }
    if (kind === 'catalog.upsert' && unit?.catalog) {
      const after = catalogItem(unit, intent, recorded.catalog)
      await recordChange(ports, intent, { ...base, table: 'model-catalog', before: recorded.catalog, after })
    } else if (kind === 'registry.upsert' && unit !== undefined) {
      const before = recorded.versions.get(number) ?? null
      const after = registryItem(unit, number, intent, before)
      await recordChange(ports, intent, { ...base, table: 'model-registry', before, after })
    } else if (kind === 'registry.retire') {
      const before = recorded.versions.get(number)
      if (before === undefined) continue
      await recordChange(ports, intent, {
        ...base,
        table: 'model-registry',
        before,
        after: { ...before, status: 'retired' },
      })
    } else if (kind === 'catalog.retire' && recorded.catalog !== null) {
      const before = recorded.catalog
      await recordChange(ports, intent, {
        ...base,
        table: 'model-catalog',
        before,
        after: { ...before, status: 'retired' },
      })
    }
  }
}

function catalogItem(unit: DeclaredUnit, { declared }: Intent, before: Item | null): Item {
  const fields = catalogFields((unit.catalog?.value ?? {}) as unknown as JsonObject)
  return {
    ...fields,
    namespace: unit.namespace,
    model_name: unit.name,
    model: unit.model,
    revision: declared.revision,
    path: unit.path,
    digest: digestOf(fields),
    status: 'active',
    ...(before !== null && { rev: before.rev ?? 0, fence: before.fence ?? 0 }),
  }
}

function registryItem(unit: DeclaredUnit, number: number, { declared }: Intent, before: Item | null): Item {
  const version = unit.versions.get(number)
  const fields = registryFields(version?.document.value ?? {}, unit.catalog?.value.url)
  return {
    ...fields,
    model: unit.model,
    model_version: number,
    namespace: unit.namespace,
    model_name: unit.name,
    // Set once: by the document, else by the revision that first recorded the version.
    create_at: version?.value.create_at ?? before?.create_at ?? declared.committedAt,
    created_by: version?.value.created_by ?? before?.created_by ?? declared.author,
    revision: declared.revision,
    path: version?.document.path ?? unit.path,
    digest: digestOf(fields),
    status: version?.value.deprecated === undefined ? 'registered' : 'deprecated',
    ...(before !== null && { rev: before.rev ?? 0, fence: before.fence ?? 0 }),
  }
}
