import { nearestName } from '../domain/nearest-name.ts'
import { readSpellings, textForms } from './generated/schema-hints.ts'
import validators from './generated/validators.cjs'
import type { DocumentKind } from './catalog/layout.ts'
import { listed, type Fault, type YamlDocument } from './fault.ts'
import { meantField, unknownField } from './schema/field-fault.ts'
import { placeIn, refusalOf, shown, type Refusal } from './schema/places.ts'
import { typeFault } from './schema/type-fault.ts'
import { limits } from './yaml/limits.ts'

/** Every way in which a document breaks the schema of its kind, each at the value or key that is wrong. */
export function checkSchema(kind: DocumentKind, document: YamlDocument): readonly Fault[] {
  const validate = validators[kind]
  if (validate(document.value)) return []
  const errors = validate.errors ?? []
  // More are not told: a document of nothing but errors costs no more than one of a hundred.
  const refusals = errors.slice(0, limits.faults + 1).map((error) => refusalOf(kind, error, document))
  const faults = [
    ...missingFields(refusals),
    ...refusals.filter(({ error }) => error.keyword !== 'required').map(faultOf),
  ]
  return errors.length > limits.faults ? listed(faults.slice(0, limits.faults + 1), errors.length) : faults
}

function faultOf(refusal: Refusal): Fault {
  const { error, path, document } = refusal
  const base = { range: document.rangeOf(path), pointer: error.instancePath }
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(refusal)
    case 'type':
      return { ...base, ...typeFault(refusal) }
    case 'enum':
    case 'const':
      return { ...base, ...wordFault(refusal) }
    default:
      return { ...base, ...formFault(refusal) }
  }
}

/** All that a mapping lacks, except what stands there misspelt. */
function missingFields(refusals: readonly Refusal[]): readonly Fault[] {
  const misspelt = new Set(
    refusals
      .filter(({ error }) => error.keyword === 'additionalProperties')
      .map((refusal) => `${refusal.error.instancePath} ${meantField(refusal)}`),
  )
  const missing = refusals.filter(({ error: { keyword, instancePath, params } }) => {
    return keyword === 'required' && !misspelt.has(`${instancePath} ${String(params.missingProperty)}`)
  })
  const byMapping = Map.groupBy(missing, ({ error }) => error.instancePath)
  return [...byMapping.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [missingFault(first, [first, ...others])],
  )
}

function missingFault({ error, path, field, document }: Refusal, all: readonly Refusal[]): Fault {
  const range = path.length === 0 ? document.rangeOf(path) : document.keyRangeOf(path)
  const names = all.map(({ error: { params } }) => String(params.missingProperty)).sort()
  const last = names.at(-1) ?? ''
  const base = { code: 'ST1102', pointer: error.instancePath, range: firstOf(range) } as const
  if (names.length === 1) return { ...base, summary: `${field} lacks \`${last}\``, help: `Add \`${last}\`.` }
  return { ...base, summary: `${field} lacks ${names.slice(0, -1).join(', ')} and ${last}`, help: 'Add them.' }
}

/** A fault of a whole mapping points at its first line only. */
function firstOf(range: Fault['range']): Fault['range'] {
  return range.start.line === range.end.line ? range : { start: range.start, end: range.start }
}

/** A word that is not allowed. Spellings that are only read are never proposed, but lead to the one that is written. */
function wordFault({ kind, error, path, field, document }: Refusal): Pick<Fault, 'code' | 'summary' | 'help'> {
  const allowed = [error.params.allowedValues ?? error.params.allowedValue].flat().map(String)
  const spellings = readSpellings[placeIn(kind, error)] ?? {}
  const source = document.sourceOf(path)
  const list = `Allowed: ${allowed.filter((word) => spellings[word] === undefined).join(', ')}.`
  const nearest = nearestName(source ?? '', allowed)
  return {
    code: 'ST1104',
    summary: source === '' ? `${field} is empty` : `${field} can not be ${source === null ? 'this' : shown(source)}`,
    help: nearest === null ? list : `The nearest is ${spellings[nearest] ?? nearest}. ${list}`,
  }
}

/** A text of the wrong form. Where a reference to a secret is meant, the secret itself may stand there: it is masked. */
function formFault(refusal: Refusal): Pick<Fault, 'code' | 'summary' | 'help'> {
  const { error, path, field } = refusal
  const help = formHelp(refusal)
  if (/^(?:secret|token)_ref$/.test(String(path.at(-1)))) {
    const summary = `${field} is no reference`
    return { code: 'ST1213', summary, help: `${help} The value itself belongs into a secret store.` }
  }
  const form = error.keyword === 'pattern' ? 'has the wrong form' : (error.message ?? 'has the wrong form')
  return { code: 'ST1105', summary: `${field} ${form}`, help }
}

function formHelp({ kind, error }: Refusal): string {
  const { keyword, params } = error
  const form = keyword === 'pattern' ? textForms[placeIn(kind, error)] : undefined
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
