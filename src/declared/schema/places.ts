import type { Path, YamlDocument } from '../fault.ts'
import type { DocumentKind } from '../catalog/layout.ts'
import type { SchemaError } from '../generated/validators.cjs'
import { isJsonObject } from '../../domain/json.ts'
import { pathOf } from '../pointers.ts'
import { excerpt } from '../yaml/excerpt.ts'

const SHOWN_CHARACTERS = 80

/** One error of a validator, with all that a message may speak of. */
export interface Refusal {
  readonly kind: DocumentKind
  readonly error: SchemaError
  readonly path: Path
  /** The field in words, such as `` `rollout.bake` ``. */
  readonly field: string
  readonly document: YamlDocument
}

export function refusalOf(kind: DocumentKind, error: SchemaError, document: YamlDocument): Refusal {
  const path = pathOf(error.instancePath)
  return { kind, error, path, field: fieldText(path, document.value), document }
}

/** What stands at a path of a value; undefined where nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((held, segment) => {
    if (Array.isArray(held)) return held[Number(segment)]
    return isJsonObject(held) && Object.hasOwn(held, segment) ? held[segment] : undefined
  }, value)
}

/** Where in the schema of a kind a keyword stands: `Deployment#/properties/rollout`. */
export function placeIn(kind: DocumentKind, { schemaPath }: SchemaError): string {
  const place = schemaPath.replace(/^[^#]*#/, '')
  return `${kind}#${place.slice(0, place.lastIndexOf('/'))}`
}

/** A field in words. An element of a list is called by its name where it has one: nobody counts from 0. */
function fieldText(path: Path, value: unknown): string {
  if (path.length === 0) return 'the document'
  const at = path.findLastIndex(
    (_segment, index) => nameOf(valueAt(value, path.slice(0, index + 1)), path[index]) !== null,
  )
  if (at === -1) return `\`${path.join('.')}\``
  const name = nameOf(valueAt(value, path.slice(0, at + 1)), path[at]) ?? ''
  const list = path.slice(0, at).join('.')
  const rest = path.slice(at + 1).join('.')
  // A name that is wrong itself is no name to call it by.
  if (rest === 'name') return `the name ${excerpt(name)} in ${list}`
  return rest === '' ? `the element ${excerpt(name)} of ${list}` : `the ${rest} of ${excerpt(name)} in ${list}`
}

function nameOf(element: unknown, segment: string | number | undefined): string | null {
  const name = typeof segment === 'number' && isJsonObject(element) ? element.name : undefined
  return typeof name === 'string' && name !== '' ? name : null
}

/** A document's text in a message: one line, not too long. */
export function shown(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line
}
