import { nearestName } from '../../domain/nearest-name.ts'
import type { Fault } from '../fault.ts'
import { knownFields } from '../generated/schema-hints.ts'
import { pointerOf } from '../pointers.ts'
import { placeIn, shown, valueAt, type Refusal } from './places.ts'

/** A field that is not known where it stands. */
export function unknownField(refusal: Refusal): Fault {
  const { error, path, field, document } = refusal
  const name = String(error.params.additionalProperty)
  const where = path.length === 0 ? '' : ` in ${field}`
  return {
    code: 'ST1101',
    summary: `unknown field \`${shown(name)}\`${where}`,
    help: unknownFieldHelp(refusal, name),
    range: document.keyRangeOf([...path, name]),
    pointer: `${error.instancePath}${pointerOf([name])}`,
  }
}

/** The known field that is meant by an unknown one; null where none is near. */
export function meantField({ kind, error }: Refusal): string | null {
  return nearestName(String(error.params.additionalProperty), knownFields[placeIn(kind, error)] ?? [])
}

function unknownFieldHelp(refusal: Refusal, name: string): string {
  const { kind, error } = refusal
  const place = placeIn(kind, error)
  const known = knownFields[place] ?? []
  const elsewhere = above(place, name) ?? below(refusal, place, name)
  if (elsewhere !== null) return elsewhere
  const nearest = meantField(refusal)
  return nearest === null ? `Known fields: ${known.join(', ')}.` : `The nearest known field is \`${nearest}\`.`
}

/** A field that is indented too deep. */
function above(place: string, name: string): string | null {
  const names = namesIn(place)
  const outer = names.findLastIndex((_name, depth) => knownFields[placeAt(place, depth)]?.includes(name) === true)
  if (outer === -1) return null
  return `\`${name}\` stands beside \`${names[outer]}\`, not in it: indent it as that.`
}

/** A field that belongs one or more mappings deeper, where there is only one such place. */
function below({ document, path }: Refusal, place: string, name: string): string | null {
  const places = Object.keys(knownFields).filter((deeper) => {
    const isBelow = deeper.startsWith(`${place}/properties/`) && !deeper.includes('/items', place.length)
    return isBelow && knownFields[deeper]?.includes(name) === true
  })
  const [deeper, another] = places.toSorted((a, b) => a.length - b.length)
  if (deeper === undefined || another !== undefined) return null
  const names = namesIn(deeper).slice(namesIn(place).length)
  const value = valueAt(document.value, [...path, name])
  const written = typeof value === 'number' || typeof value === 'boolean' ? String(value) : '…'
  const whole = names.reduceRight((inner, outer) => `${outer}: { ${inner} }`, `${name}: ${written}`)
  return `\`${name}\` stands in \`${names.join('.')}\`: ${whole}.`
}

/** `Deployment#/properties/rollout/properties/abort_if/items` → rollout, abort_if. */
function namesIn(place: string): readonly string[] {
  return [...place.matchAll(/\/properties\/([^/]+)/g)].map(([, name = '']) => name)
}

/** The place of the mapping around the `depth`-th name of a place. */
function placeAt(place: string, depth: number): string {
  const [found] = [...place.matchAll(/\/properties\/[^/]+/g)].slice(depth)
  return place.slice(0, found?.index)
}
