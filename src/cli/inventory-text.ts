import { approversOf } from '../app/history.ts'
import type { Inventory, InventoryEntry, ServiceEndpoints } from '../app/inventory.ts'
import { csvText, type Cell } from '../report/csv.ts'

const columns = [
  'stage',
  'model',
  'name',
  'model_version',
  'status',
  'deployment_id',
  'deployment_method',
  'runtime',
  'mode',
  'endpoint',
  'served_from',
  'live_from',
  'live_until',
  'create_at',
  'revision',
  'plan_digest',
  'requested_by',
] as const

export function inventoryCsv({ entries }: Inventory): string {
  const cells = (entry: InventoryEntry): Cell[] => columns.map((name) => entry[name])
  return csvText(
    [...columns, 'approved_by'],
    entries.map((entry) => [...cells(entry), approversOf(entry).join('; ')]),
  )
}

/** A heading for each stage, and a line for each version that serves there. */
export function inventoryText({ entries, as_of, stages }: Inventory, timezone: string): string[] {
  const when = as_of === null ? [] : [`as of ${as_of} (dates are in ${timezone})`]
  if (stages.length === 0) return [...when, 'there is no stage: nothing is declared and nothing was ever deployed']
  const shown = stages.flatMap((stage) => {
    const own = entries.filter((entry) => entry.stage === stage)
    return [`${stage}: ${own.length === 0 ? 'nothing' : ''}`.trimEnd(), ...own.map(entryLine)]
  })
  return [...when, ...shown]
}

function entryLine(entry: InventoryEntry): string {
  const { model, name, stage, model_version: version, endpoint, served_from: from, live_until: until } = entry
  const approvers = approversOf(entry)
  const by = `by ${entry.requested_by ?? 'unknown'}${approvers.length === 0 ? '' : `, approved by ${approvers.join(', ')}`}`
  const served = `since ${from ?? '?'}${until === null ? '' : ` until ${until}`}`
  const place = name === stage ? model : `${model} (${name})`
  return `  ${place} version ${version} ${served}, ${by}${endpoint === null ? '' : `  ${endpoint}`}`
}

const serviceColumns = ['service', 'stage', 'model', 'name', 'model_version', 'deployment_id', 'endpoint'] as const

export function serviceCsv({ service, entries }: ServiceEndpoints): string {
  const rows = entries.map((entry) => serviceColumns.map((name): Cell => ({ ...entry, service })[name]))
  return csvText(serviceColumns, rows)
}

export function serviceText({ service, entries }: ServiceEndpoints): string[] {
  if (entries.length === 0) return [`nothing that carries the tag ${service} answers anywhere`]
  return entries.map(
    ({ stage, model, model_version: version, endpoint }) => `${stage}: ${model} version ${version}  ${endpoint}`,
  )
}
