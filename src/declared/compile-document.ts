import { codeEntry } from '../domain/diagnostic-codes.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import { maskTokens } from '../domain/secret-tokens.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'
import { checkDocument } from './rules/document-rules.ts'
import { listed, type Fault, type YamlDocument } from './fault.ts'
import type { DocumentKind, Place } from './catalog/layout.ts'
import { checkSecrets } from './rules/secret-rules.ts'
import { checkSchema } from './schema-check.ts'
import { parseYaml } from './yaml/document.ts'

/** A document of the right form; nothing is known yet about what it refers to. */
export interface CompiledDocument {
  readonly kind: DocumentKind
  readonly place: Place
  readonly path: string
  readonly oid: string
  readonly value: JsonObject
  readonly yaml: YamlDocument
}

/** What bytes are by themselves as a document of a kind, wherever they stand: kept by (kind, oid). */
export interface Content {
  /** Null where it can not be read as a document of its kind. */
  readonly yaml: YamlDocument | null
  readonly faults: readonly Fault[]
}

/** Names what bytes are as a document of a kind. */
export function contentKey(kind: DocumentKind, oid: string): string {
  return `${kind} ${oid}`
}

/** Parse, schema, and what a document can be told by itself. */
export function readContent(kind: DocumentKind, bytes: Uint8Array): Content {
  const { document, faults, text } = parseYaml(bytes)
  if (document === null) return { yaml: null, faults }
  const broken = checkSchema(kind, document)
  if (broken.length > 0) return { yaml: null, faults: [...faults, ...besideSecrets(kind, broken, document, text)] }
  const own = [...faults, ...checkDocument(kind, document, text)]
  return { yaml: document, faults: listed(own) }
}

/** A broken document may hold secrets, too, in lines that are shown; of a secret itself nothing else is said. */
function besideSecrets(kind: DocumentKind, broken: readonly Fault[], document: YamlDocument, text: string): Fault[] {
  const secrets = isJsonObject(document.value) ? checkSecrets(kind, document.value, document, text) : []
  const places = new Set(secrets.map(({ pointer }) => pointer))
  return [...secrets, ...broken.filter(({ pointer }) => !places.has(pointer))]
}

/** The document that a content is at its place; null where it can not be read as one. */
export function documentAt(content: Content, place: Place, path: string, oid: string): CompiledDocument | null {
  const { yaml } = content
  if (yaml === null || !isJsonObject(yaml.value)) return null
  return { kind: place.kind, place, path, oid, value: yaml.value, yaml }
}

/** The document where nothing is wrong with it; null where it is not known, or has an error. */
export function goodDocumentAt(
  content: Content | null,
  place: Place,
  { path, oid }: { readonly path: string; readonly oid: string },
): CompiledDocument | null {
  const isGood = content !== null && content.faults.every(({ code }) => codeEntry(code).severity !== 'error')
  return isGood ? documentAt(content, place, path, oid) : null
}

/** Messages may repeat what stands in a document: where it is a secret by its form, it is masked. */
export function diagnosticOf(fault: Fault, path: string): Diagnostic {
  const { code, range, related = [] } = fault
  const { severity } = codeEntry(code)
  const told = { summary: maskTokens(fault.summary), help: maskTokens(fault.help) }
  return { code, severity, ...told, path, range, pointer: maskTokens(fault.pointer ?? ''), related }
}
