import { canonicalJson } from '../../domain/digest.ts'
import type { Json } from '../../domain/json.ts'
import { firstLine } from '../../domain/diagnostics.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'

/**
 * Limits of a DynamoDB item (Developer Guide, "Quotas": 400 KB with attribute names, 32 levels, numbers of magnitude
 * 1e-130 to 9.9e125). Some room is left for the attributes that are added to a document.
 */
const LIMITS = { bytes: 380 * 1024, depth: 28, smallest: 1e-130, largest: 9.9e125 } as const

/** What of a document a table item can not hold, each at its line. */
export function checkItemLimits(document: YamlDocument): Fault[] {
  const faults: Fault[] = []
  const help = 'See the limits of a DynamoDB item: 400 KB, 32 levels, numbers from 1e-130 to 9.9e125.'
  const bytes = Buffer.byteLength(canonicalJson(document.value as Json))
  if (bytes > LIMITS.bytes) {
    const summary = `the document has ${bytes} bytes; a table item holds ${LIMITS.bytes} of a document`
    faults.push({ code: 'ST1403', summary, help, range: firstLine })
  }
  const walk = (value: unknown, path: Path): void => {
    if (
      typeof value === 'number' &&
      value !== 0 &&
      (Math.abs(value) < LIMITS.smallest || Math.abs(value) > LIMITS.largest)
    ) {
      const range = document.rangeOf(path)
      faults.push({ code: 'ST1403', summary: `the number ${value} is outside a table’s range`, help, range })
    }
    if (typeof value !== 'object' || value === null) return
    if (path.length >= LIMITS.depth) {
      const range = document.rangeOf(path)
      faults.push({ code: 'ST1403', summary: `nested deeper than ${LIMITS.depth} levels`, help, range })
      return
    }
    for (const [name, held] of Object.entries(value)) walk(held, [...path, Array.isArray(value) ? Number(name) : name])
  }
  walk(document.value, [])
  return faults
}
