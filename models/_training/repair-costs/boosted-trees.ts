import { mean, rounded } from '../metrics.ts'
import type { Row } from './linear.ts'

/** A leaf is its value; an inner node is [column, threshold, branch if below, branch otherwise]. */
export type Tree = number | readonly [column: number, threshold: number, below: Tree, otherwise: Tree]

export interface BoostedTrees {
  readonly method: 'boosted_trees'
  readonly base: number
  readonly trees: readonly Tree[]
}

export interface BoostingOptions {
  readonly trees: number
  readonly depth: number
  readonly learningRate: number
  readonly smallestLeaf: number
}

interface Split {
  readonly column: number
  readonly threshold: number
  readonly gain: number
}

const THRESHOLDS_PER_COLUMN = 24

/**
 * Gradient boosting for squared error. Each tree fits what the trees before it, as they are stored, have left over:
 * leaves are rounded first, so that the packed model is the trained one. Only + - * / are used, which IEEE 754
 * defines to the last bit.
 */
export function boostedTrees(rows: readonly Row[], options: BoostingOptions): BoostedTrees {
  const base = Math.round(mean(rows.map(({ value }) => value)))
  const thresholds = thresholdsOf(rows)
  const trees: Tree[] = []
  let rest: readonly Row[] = rows.map(({ columns, value }) => ({ columns, value: value - base }))
  for (let count = 0; count < options.trees; count++) {
    const tree = grown(rest, thresholds, options, options.depth)
    trees.push(tree)
    rest = rest.map(({ columns, value }) => ({ columns, value: value - valueIn(tree, columns) }))
  }
  return { method: 'boosted_trees', base, trees }
}

function grown(
  rows: readonly Row[],
  thresholds: readonly (readonly number[])[],
  options: BoostingOptions,
  depth: number,
): Tree {
  const split = depth === 0 ? null : bestSplit(rows, thresholds, options.smallestLeaf)
  if (split === null) return rounded(options.learningRate * mean(rows.map(({ value }) => value)), 1)
  const { column, threshold } = split
  const below = rows.filter(({ columns }) => (columns[column] ?? 0) < threshold)
  const otherwise = rows.filter(({ columns }) => (columns[column] ?? 0) >= threshold)
  return [
    column,
    threshold,
    grown(below, thresholds, options, depth - 1),
    grown(otherwise, thresholds, options, depth - 1),
  ]
}

function bestSplit(
  rows: readonly Row[],
  thresholds: readonly (readonly number[])[],
  smallestLeaf: number,
): Split | null {
  const total = rows.reduce((sum, { value }) => sum + value, 0)
  const unsplit = total ** 2 / rows.length
  let best: Split | null = null
  for (const [column, candidates] of thresholds.entries()) {
    for (const threshold of candidates) {
      const below = sumBelow(rows, column, threshold)
      const others = rows.length - below.count
      if (below.count < smallestLeaf || others < smallestLeaf) continue
      const gain = below.sum ** 2 / below.count + (total - below.sum) ** 2 / others - unsplit
      if (gain > (best?.gain ?? 1)) best = { column, threshold, gain }
    }
  }
  return best
}

function sumBelow(rows: readonly Row[], column: number, threshold: number): { sum: number; count: number } {
  let sum = 0
  let count = 0
  for (const { columns, value } of rows) {
    if ((columns[column] ?? 0) >= threshold) continue
    sum += value
    count += 1
  }
  return { sum, count }
}

/** Quantiles of each column's different values. */
function thresholdsOf(rows: readonly Row[]): readonly (readonly number[])[] {
  const columns = rows[0]?.columns ?? []
  return columns.map((_, column) => {
    const values = [...new Set(rows.map((row) => row.columns[column] ?? 0))].toSorted((left, right) => left - right)
    const every = Math.max(1, Math.floor(values.length / THRESHOLDS_PER_COLUMN))
    return values.filter((_, index) => index > 0 && index % every === 0)
  })
}

function valueIn(tree: Tree, columns: readonly number[]): number {
  let node = tree
  while (typeof node !== 'number') node = (columns[node[0]] ?? 0) < node[1] ? node[2] : node[3]
  return node
}
