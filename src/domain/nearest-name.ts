import leven from 'leven'

/** The nearest of `names` within a third of the word's length, or null. The case of letters hardly counts. */
export function nearestName(name: string, names: readonly string[]): string | null {
  const limit = Math.max(1, Math.round(name.length / 3))
  const folded = name.toLowerCase()
  const ranked = names
    .map((known) => ({ known, distance: leven(folded, known.toLowerCase()), exact: leven(name, known) }))
    .sort((a, b) => a.distance - b.distance || a.exact - b.exact)
  const [best] = ranked
  return best !== undefined && best.distance <= limit ? best.known : null
}
