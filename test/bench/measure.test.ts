import { describe, expect, it } from 'vitest'
import { interleave, median } from '../../scripts/bench/measure.ts'

describe('measuring', () => {
  it('takes each ratio from values of the same round', async () => {
    const floors = [1, 2, 4, 8] // the first is the warming run
    const subjects = [20, 20, 80]
    const [series] = await interleave({
      rounds: 3,
      budgetMs: 60_000,
      floor: { name: 'floor', run: () => floors.shift() ?? Number.NaN },
      subjects: [{ name: 'subject', goal: '<= 1', run: () => subjects.shift() ?? Number.NaN }],
    })
    expect(series?.ratios).toEqual([10, 5, 10])
  })

  it('makes two rounds of what is slower than its budget', async () => {
    const [series] = await interleave({
      rounds: 7,
      budgetMs: 0,
      floor: { name: 'floor', run: () => 1 },
      subjects: [{ name: 'subject', goal: '<= 1', run: () => 1 }],
    })
    expect(series?.ratios).toHaveLength(2)
  })

  it('has the mean of the middle two as the median of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([9, 1, 5])).toBe(5)
  })
})
