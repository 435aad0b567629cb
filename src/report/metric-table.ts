import { code, table } from './markdown.ts'

/** The offline metrics of the version that serves and of the one that would. */
export interface MetricsChange {
  /** `/ns/model#prod`. */
  readonly key: string
  readonly from: number | null
  readonly to: number
  readonly before: Readonly<Record<string, number>>
  readonly after: Readonly<Record<string, number>>
}

const SHOWN = 12

/** One table a deployment: each metric old, new, and how far it moved. Whether more is better nobody says here. */
export function metricLines({ key, from, to, before, after }: MetricsChange): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const rows = names.slice(0, SHOWN).map((name) => {
    const [old, fresh] = [before[name], after[name]]
    return [code(name), numberText(old), numberText(fresh), differenceText(old, fresh)]
  })
  const more = names.length - rows.length
  return [
    `${code(key)}`,
    '',
    ...table(['metric', from === null ? 'before' : `version ${from}`, `version ${to}`, 'difference'], rows),
    ...(more > 0 ? ['', `and ${more} more metrics`] : []),
  ]
}

function numberText(value: number | undefined): string {
  return value === undefined ? 'none' : String(value)
}

function differenceText(old: number | undefined, fresh: number | undefined): string {
  if (old === undefined || fresh === undefined) return ''
  // Twelve digits: what binary fractions add behind is no difference.
  const difference = Number((fresh - old).toPrecision(12))
  if (difference === 0) return '0'
  const share = old === 0 ? '' : ` (${signed(Number(((100 * difference) / Math.abs(old)).toPrecision(3)))} %)`
  return `${signed(difference)}${share}`
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value)
}
