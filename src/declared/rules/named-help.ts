import { nearestName } from '../../domain/nearest-name.ts'

/** Of thousands of names nobody reads all, and comparing with all of them takes time. */
const LISTED = 50
const COMPARED = 1000

/** What is said of a reference to something that does not exist: the nearest name, and all that there are. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  place?: string,
): { readonly summary: string; readonly help: string } {
  const sorted = [...new Set(known)].sort()
  const where = place === undefined ? '' : ` in ${place}`
  const nearest = nearestName(name, sorted.slice(0, COMPARED))
  const more = sorted.length > LISTED ? ` and ${sorted.length - LISTED} more` : ''
  const help =
    sorted.length === 0
      ? `There is none${where}.`
      : `${nearest === null ? '' : `The nearest is ${nearest}. `}There is: ${sorted.slice(0, LISTED).join(', ')}${more}.`
  return { summary: `there is no ${what} ${name}`, help }
}

/** A role that roles.yaml does not have, and how it is added. */
export function unknownRole(
  role: string,
  roles: ReadonlyMap<string, unknown>,
): { readonly summary: string; readonly help: string } {
  const { summary, help } = unknownName('role', role, [...roles.keys()], '_platform/roles.yaml')
  return { summary, help: `${help} Add it there: ${role}: ["github:<login>"].` }
}

export function versionsHelp(known: readonly number[]): string {
  const sorted = [...new Set(known)].sort((a, b) => a - b)
  return sorted.length === 0 ? 'No version is registered: add versions/1.yaml.' : `Registered: ${sorted.join(', ')}.`
}
