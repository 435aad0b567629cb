import { firstLine, type Diagnostic } from '../domain/diagnostics.ts'
import { diagnosticCodes } from '../domain/diagnostic-codes.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'
import { evaluatedKinds, type DocumentKind, type EvaluatedKind, type Place } from './layout.ts'
import { checkDocument } from './document-rules.ts'
import { checkSchema } from './schema-check.ts'
import { type Fault, type YamlDocument } from './fault.ts'
import { parseYaml } from './yaml-document.ts'

/** A document of the right form; nothing is known yet about what it refers to. */
export interface CompiledDocument {
  readonly kind: EvaluatedKind
  readonly place: Place
  readonly path: string
  readonly oid: string
  readonly value: JsonObject
  readonly yaml: YamlDocument
}

export interface CompileResult {
  readonly document: CompiledDocument | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Parse and schema by (kind, oid): what a document is by itself never has to be found out twice. */
export class DocumentCompiler {
  #known = new Map<string, { yaml: YamlDocument | null; faults: readonly Fault[] }>()
  #used = new Set<string>()

  compile(place: Place, path: string, oid: string, bytes: Uint8Array): CompileResult {
    if (!isEvaluated(place.kind)) return { document: null, diagnostics: [reserved(place.kind, path)] }
    const key = `${place.kind} ${oid}`
    const known = this.#known.get(key) ?? read(place.kind, bytes)
    this.#known.set(key, known)
    this.#used.add(key)
    const diagnostics = known.faults.map((fault) => diagnosticOf(fault, path))
    if (known.yaml === null || !isJsonObject(known.yaml.value)) return { document: null, diagnostics }
    const { kind } = place
    return { document: { kind, place, path, oid, value: known.yaml.value, yaml: known.yaml }, diagnostics }
  }

  has(kind: DocumentKind, oid: string): boolean {
    return this.#known.has(`${kind} ${oid}`)
  }

  /** Forgets what no document of the last run needed. */
  endRun(): void {
    for (const key of this.#known.keys()) if (!this.#used.has(key)) this.#known.delete(key)
    this.#used = new Set()
  }
}

function isEvaluated(kind: DocumentKind): kind is EvaluatedKind {
  return (evaluatedKinds as readonly string[]).includes(kind)
}

function read(kind: EvaluatedKind, bytes: Uint8Array): { yaml: YamlDocument | null; faults: readonly Fault[] } {
  const { document, faults } = parseYaml(bytes)
  if (document === null) return { yaml: null, faults }
  const broken = checkSchema(kind, document)
  if (broken.length > 0) return { yaml: null, faults: broken }
  const own = checkDocument(kind, document)
  const wrong = own.some(({ code }) => diagnosticCodes[code].severity === 'error')
  return { yaml: wrong ? null : document, faults: own }
}

function reserved(kind: DocumentKind, path: string): Diagnostic {
  const summary = `${kind} documents are not evaluated by this version`
  const fault: Fault = { code: 'ST1015', summary, help: diagnosticCodes.ST1015.help, range: firstLine }
  return diagnosticOf(fault, path)
}

export function diagnosticOf(fault: Fault, path: string): Diagnostic {
  const { code, summary, help, range, pointer = '' } = fault
  return { code, severity: diagnosticCodes[code].severity, summary, help, path, range, pointer, related: [] }
}
