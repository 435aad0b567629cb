import leven from 'leven'

/** A beginning of fewer characters fits too much. */
const BEGINNING = 3

/**
 * The nearest of `names` within a third of the word's length, or the only one that begins with it, or null. The case of
 * letters hardly counts.
 */
export function nearestName(name: string, names: readonly string[]): string | null {
  const limit = Math.max(1, Math.round(name.length / 3))
  const folded = name.toLowerCase()
  const ranked = names
    .map((known) => ({ known, distance: leven(folded, known.toLowerCase()), exact: leven(name, known) }))
    .sort((a, b) => a.distance - b.distance || a.exact - b.exact)
  const [best] = ranked
  if (best !== undefined && best.distance <= limit) return best.known
  const [longer, another] = names.filter((known) => known.toLowerCase().startsWith(folded))
  return longer !== undefined && another === undefined && name.length >= BEGINNING ? longer : null
}
