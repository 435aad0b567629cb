import { codeEntry, diagnosticCodes, isDiagnosticCode } from '../../domain/diagnostic-codes.ts'
import { ignorableFields } from '../../domain/drift-fields.ts'
import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import { nearestName } from '../../domain/nearest-name.ts'
import type { Fault, YamlDocument } from '../fault.ts'
import { checkTimezone } from './timezone-rules.ts'

export function checkSettings(value: JsonObject, document: YamlDocument): Fault[] {
  return [...checkTimezone(value, document), ...checkSeverities(value, document), ...checkIgnored(value, document)]
}

/** A name that no difference has would ignore nothing, silently. */
function checkIgnored(value: JsonObject, document: YamlDocument): Fault[] {
  const { ignore } = isJsonObject(value.drift) ? value.drift : {}
  return (Array.isArray(ignore) ? ignore : []).flatMap((name, index): Fault[] => {
    const [field = ''] = String(name).split('.')
    if (ignorableFields.some((known) => known === field)) return []
    const nearest = nearestName(field, ignorableFields)
    const help = nearest === null ? `Fields: ${ignorableFields.join(', ')}.` : `The nearest is ${nearest}.`
    const path = ['drift', 'ignore', index]
    const place = { range: document.rangeOf(path), pointer: `/${path.join('/')}` }
    return [{ code: 'ST1110', summary: `nothing that runs has a field ${JSON.stringify(name)}`, help, ...place }]
  })
}

/** Overrides name codes that exist, and lower no error. */
function checkSeverities(value: JsonObject, document: YamlDocument): Fault[] {
  const severities = isJsonObject(value.severities) ? value.severities : {}
  return Object.entries(severities).flatMap(([code, override]): Fault[] => {
    const place = { range: document.keyRangeOf(['severities', code]), pointer: `/severities/${code}` }
    if (!isDiagnosticCode(code)) {
      const nearest = nearestName(code, Object.keys(diagnosticCodes))
      const help = `${nearest === null ? '' : `The nearest is ${nearest}. `}\`steward explain\` lists all.`
      return [{ code: 'ST1108', summary: `there is no code ${code}`, help, ...place }]
    }
    const lowers = isJsonObject(override) && override.severity !== 'error'
    if (!lowers || codeEntry(code).severity !== 'error') return []
    return [{ code: 'ST1109', summary: `${code} is an error and stays one`, help: codeEntry('ST1109').help, ...place }]
  })
}
