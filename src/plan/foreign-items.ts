import { diagnosticCodes } from '../domain/diagnostic-codes.ts'
import { firstLine, type Diagnostic } from '../domain/diagnostics.ts'
import type { RecordedUnit } from '../recorded/recorded-state.ts'

/** I7: an item without our `rev` is never changed or deleted; its unit waits until it is adopted or removed. */
export function foreignItems(recorded: RecordedUnit, path: string): Diagnostic[] {
  const items: [string, unknown][] = [
    [`model-catalog ${recorded.model}`, recorded.catalog === null ? 0 : recorded.catalog.rev],
    ...[...recorded.versions].map(([n, item]): [string, unknown] => [
      `model-registry ${recorded.model}@${n}`,
      item.rev,
    ]),
    ...recorded.deployments.map(({ id, item }): [string, unknown] => [
      `model-deployment ${recorded.model} ${id}`,
      item.rev,
    ]),
  ]
  return items
    .filter(([, rev]) => typeof rev !== 'number')
    .map(([name]) => ({
      code: 'ST1401',
      severity: 'error',
      summary: `the table item ${name} was not written by Steward`,
      help: diagnosticCodes.ST1401.help,
      path,
      range: firstLine,
      pointer: '',
      related: [],
    }))
}
