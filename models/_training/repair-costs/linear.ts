import { rounded } from '../metrics.ts'

export interface Row {
  readonly columns: readonly number[]
  readonly value: number
}

export interface LinearModel {
  readonly method: 'linear'
  readonly intercept: number
  readonly weights: readonly number[]
}

/** Ridge regression by the normal equations. `ridge` also makes one-hot columns, which sum to one, solvable. */
export function linearModel(rows: readonly Row[], { ridge }: { readonly ridge: number }): LinearModel {
  const inputs = rows.map(({ columns }) => [1, ...columns])
  const size = inputs[0]?.length ?? 0
  const matrix = indexes(size).map((row) => [
    ...indexes(size).map((column) => products(inputs, row, column) + (row === column && row > 0 ? ridge : 0)),
    inputs.reduce((sum, input, index) => sum + at(input, row) * (rows[index]?.value ?? 0), 0),
  ])
  const [intercept = 0, ...weights] = solved(matrix).map((weight) => rounded(weight, 3))
  return { method: 'linear', intercept, weights }
}

function products(inputs: readonly (readonly number[])[], left: number, right: number): number {
  return inputs.reduce((sum, input) => sum + at(input, left) * at(input, right), 0)
}

/** Gauss and Jordan with pivots; the last column is the right-hand side. */
function solved(matrix: number[][]): number[] {
  const size = matrix.length
  for (const step of indexes(size)) {
    const candidates = indexes(size).filter((row) => row >= step)
    const pivot = candidates.reduce((best, row) => (magnitude(row) > magnitude(best) ? row : best))
    const chosen = matrix[pivot] ?? []
    matrix[pivot] = matrix[step] ?? []
    const normalised = chosen.map((entry) => entry / at(chosen, step))
    matrix[step] = normalised
    for (const row of indexes(size)) {
      if (row === step) continue
      const factor = at(matrix[row] ?? [], step)
      matrix[row] = (matrix[row] ?? []).map((entry, column) => entry - factor * at(normalised, column))
    }

    function magnitude(row: number): number {
      return Math.abs(at(matrix[row] ?? [], step))
    }
  }
  return matrix.map((row) => at(row, size))
}

function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0
}
