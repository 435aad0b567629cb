import leven from 'leven'

/** The nearest of `names` within a third of the word's length, or null. */
export function nearestName(name: string, names: readonly string[]): string | null {
  const limit = Math.max(1, Math.round(name.length / 3))
  const ranked = names.map((known) => ({ known, distance: leven(name, known) })).sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best !== undefined && best.distance <= limit ? best.known : null
}
