import { nearestName } from '../domain/nearest-name.ts'
import { knownFields, textForms } from './generated/schema-hints.ts'
import validators, { type SchemaError } from './generated/validators.cjs'
import type { DocumentKind } from './catalog/layout.ts'
import { listed, type Fault, type Path, type YamlDocument } from './fault.ts'
import { limits } from './yaml/limits.ts'

const SHOWN_CHARACTERS = 80

/** Every way in which a document breaks the schema of its kind, each at the value or key that is wrong. */
export function checkSchema(kind: DocumentKind, document: YamlDocument): readonly Fault[] {
  const validate = validators[kind]
  if (validate(document.value)) return []
  const errors = validate.errors ?? []
  const faults = errors.slice(0, limits.faults + 1).map((error) => schemaFault(kind, error, document))
  return listed(faults, errors.length)
}

function schemaFault(kind: DocumentKind, error: SchemaError, document: YamlDocument): Fault {
  const path = pathOf(error.instancePath)
  const field = path.length === 0 ? 'the document' : `\`${path.join('.')}\``
  const base = { range: document.rangeOf(path), pointer: error.instancePath }
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params.additionalProperty)
      const help = unknownFieldHelp(name, fieldsAt(kind, error.schemaPath))
      const where = path.length === 0 ? '' : ` in ${field}`
      const range = document.keyRangeOf([...path, name])
      return {
        code: 'ST1101',
        summary: `unknown field \`${shown(name)}\`${where}`,
        help,
        range,
        pointer: `${error.instancePath}/${escape(name)}`,
      }
    }
    case 'required': {
      const name = String(error.params.missingProperty)
      const range = path.length === 0 ? document.rangeOf(path) : document.keyRangeOf(path)
      return {
        ...base,
        code: 'ST1102',
        summary: `${field} lacks \`${name}\``,
        help: `Add \`${name}\`.`,
        range: firstOf(range),
      }
    }
    case 'type':
      return { ...base, ...typeFault(error, field, document.sourceOf(path)) }
    case 'enum':
    case 'const': {
      const allowed = [error.params.allowedValues ?? error.params.allowedValue].flat().map(String)
      const source = document.sourceOf(path)
      return {
        ...base,
        code: 'ST1104',
        summary: `${field} can not be ${source === null ? 'this' : shown(source)}`,
        help: allowedHelp(source ?? '', allowed),
      }
    }
    default:
      return { ...base, ...formFault(kind, error, path, field) }
  }
}

/** A text of the wrong form. Where a reference to a secret is meant, the secret itself may stand there: it is masked. */
function formFault(
  kind: DocumentKind,
  error: SchemaError,
  path: Path,
  field: string,
): Pick<Fault, 'code' | 'summary' | 'help'> {
  const help = formHelp(kind, error)
  if (/^(?:secret|token)_ref$/.test(String(path.at(-1)))) {
    return {
      code: 'ST1213',
      summary: `${field} is no reference`,
      help: `${help} The value itself belongs into a secret store.`,
    }
  }
  return { code: 'ST1105', summary: `${field} ${formText(error)}`, help }
}

/** A fault of a whole mapping points at its first line only. */
function firstOf(range: Fault['range']): Fault['range'] {
  return range.start.line === range.end.line ? range : { start: range.start, end: range.start }
}

function typeFault(error: SchemaError, field: string, source: string | null): Pick<Fault, 'code' | 'summary' | 'help'> {
  const wanted = [error.params.type].flat().join(' or ')
  const summary = `${field} must be ${article(wanted)} ${wanted === 'object' ? 'mapping' : wanted}`
  if (wanted === 'string' && source !== null && source !== '') {
    return { code: 'ST1103', summary, help: `Quote it: "${shown(source)}".` }
  }
  const number = wanted === 'integer' || wanted === 'number'
  if (number && source !== null && /^-?\d+(\.\d+)?$/.test(source)) {
    return { code: 'ST1103', summary: `${summary}, not text`, help: `Remove the quotes: ${source}.` }
  }
  return {
    code: 'ST1103',
    summary: source === null ? summary : `${summary}, not ${source === '' ? 'empty' : shown(source)}`,
    help: `Write ${article(wanted)} ${wanted === 'object' ? 'mapping' : wanted}.`,
  }
}

/** A document's text in a message: one line, not too long. */
function shown(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ')
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) && noun !== 'object' ? 'an' : 'a'
}

function formText({ keyword, message }: SchemaError): string {
  if (keyword === 'pattern') return 'has the wrong form'
  return message ?? 'has the wrong form'
}

function allowedHelp(source: string, allowed: readonly string[]): string {
  const nearest = nearestName(source, allowed)
  const list = `Allowed: ${allowed.join(', ')}.`
  return nearest === null ? list : `The nearest is ${nearest}. ${list}`
}

function unknownFieldHelp(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return nearest === null ? `Known fields: ${known.join(', ')}.` : `The nearest known field is \`${nearest}\`.`
}

function pathOf(pointer: string): Path {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')))
}

function escape(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Property names at the schema place that refused. */
function fieldsAt(kind: DocumentKind, schemaPath: string): readonly string[] {
  return knownFields[placeIn(kind, schemaPath)] ?? []
}

/** Where in the schema of a kind a keyword stands. */
function placeIn(kind: DocumentKind, schemaPath: string): string {
  const place = schemaPath.replace(/^[^#]*#/, '')
  return `${kind}#${place.slice(0, place.lastIndexOf('/'))}`
}

function formHelp(kind: DocumentKind, { keyword, params, schemaPath }: SchemaError): string {
  const form = keyword === 'pattern' ? textForms[placeIn(kind, schemaPath)] : undefined
  if (form !== undefined) return form
  if (keyword === 'minItems') return `Write ${String(params.limit)} or more.`
  if (keyword === 'uniqueItems') return 'Remove the one that stands twice.'
  if (keyword === 'minProperties') return 'Write one.'
  if (keyword === 'maxProperties') return `Keep ${String(params.limit)}, and write the others on their own.`
  if (keyword === 'minimum') return `Write ${String(params.limit)} or more.`
  if (keyword === 'maximum') return `Write ${String(params.limit)} or less.`
  if (keyword === 'exclusiveMinimum') return `Write more than ${String(params.limit)}.`
  return 'Write it in the named form.'
}
