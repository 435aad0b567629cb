import { canonicalJson } from '../../domain/digest.ts'
import type { Json } from '../../domain/json.ts'
import { firstLine } from '../../domain/diagnostics.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'
import { itemLimits } from '../yaml/limits.ts'

/** What of a document a table item can not hold, each at its line. */
export function checkItemLimits(document: YamlDocument): Fault[] {
  if (document.isSmall) return []
  const faults: Fault[] = []
  const help = 'See the limits of a DynamoDB item: 400 KB, 32 levels, numbers from 1e-130 to 9.9e125.'
  const bytes = Buffer.byteLength(canonicalJson(document.value as Json))
  if (bytes > itemLimits.bytes) {
    const summary = `the document has ${bytes} bytes; a table item holds ${itemLimits.bytes} of a document`
    faults.push({ code: 'ST1403', summary, help, range: firstLine })
  }
  const walk = (value: unknown, path: Path): void => {
    if (
      typeof value === 'number' &&
      value !== 0 &&
      (Math.abs(value) < itemLimits.smallest || Math.abs(value) > itemLimits.largest)
    ) {
      const range = document.rangeOf(path)
      faults.push({ code: 'ST1403', summary: `the number ${value} is outside a table’s range`, help, range })
    }
    if (typeof value !== 'object' || value === null) return
    if (path.length >= itemLimits.depth) {
      const range = document.rangeOf(path)
      faults.push({ code: 'ST1403', summary: `nested deeper than ${itemLimits.depth} levels`, help, range })
      return
    }
    for (const [name, held] of Object.entries(value)) walk(held, [...path, Array.isArray(value) ? Number(name) : name])
  }
  walk(document.value, [])
  return faults
}
