import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { Fault, Path, YamlDocument } from '../fault.ts'

/** The variables that a document itself writes below `holder`: each once, with exactly one source. */
export function checkVariables(value: JsonObject, document: YamlDocument, holder: Path): Fault[] {
  const held = holder.reduce<unknown>((at, name) => {
    if (Array.isArray(at)) return at[Number(name)]
    return isJsonObject(at) ? at[String(name)] : undefined
  }, value)
  const written: unknown = isJsonObject(held) ? held.environment_variables : undefined
  const seen = new Map<string, number>()
  return (Array.isArray(written) ? written : []).filter(isJsonObject).flatMap((variable, index) => {
    const name = String(variable.name)
    const path = [...holder, 'environment_variables', index, 'name']
    const fault = (summary: string, help: string): Fault => {
      return { code: 'ST1206', summary, help, range: document.rangeOf(path), pointer: `/${path.join('/')}` }
    }
    const faults: Fault[] = []
    if (seen.has(name)) faults.push(fault(`${name} is set twice`, 'Keep one of the two.'))
    seen.set(name, index)
    if ((variable.value === undefined) === (variable.secret_ref === undefined)) {
      const summary = `${name} needs exactly one of value and secret_ref`
      const help = 'Write `value` for plain text, or `secret_ref` for a secret.'
      faults.push(fault(summary, help))
    }
    return faults
  })
}
