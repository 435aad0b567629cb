import { median, type Series } from './measure.ts'

/** What a goal gives back: ratios, or plain lines of what was counted. */
export interface GoalReport {
  readonly id: string
  readonly about: string
  readonly series: readonly Series[]
  readonly lines: readonly string[]
}

export function printReport({ id, about, series, lines }: GoalReport, print: (line: string) => void): void {
  print('')
  print(`${id}  ${about}`)
  const width = Math.max(0, ...series.map(({ name }) => name.length))
  for (const one of series) print(`    ${one.name.padEnd(width)}  ${seriesText(one)}`)
  for (const line of lines) print(`    ${line}`)
}

function seriesText({ ratios, goal, values, floorValues, floor, unit }: Series): string {
  const range = `${Math.min(...ratios).toFixed(2)} … ${Math.max(...ratios).toFixed(2)}`
  const times = `${amount(values, unit)} against ${amount(floorValues, unit)} of ${floor}`
  return `${median(ratios).toFixed(2)} (${range}; ${ratios.length} rounds; goal ${goal})  ${times}`
}

function amount(values: readonly number[], unit: string): string {
  const value = median(values)
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ${unit}`
}
