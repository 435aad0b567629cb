import { parseDuration } from '../../domain/durations.ts'
import type { LifecycleStage } from '../lifecycle-presets.ts'

type Gate = NonNullable<LifecycleStage['gates']>[number]

/**
 * What one life cycle lacks to be at least as strict as another, in words; empty where it is. A gate is covered by one
 * of the same kind on the same thing that asks for as much or more.
 */
export function missingStrictness(has: readonly LifecycleStage[], needs: readonly LifecycleStage[]): string[] {
  return needs.flatMap((wanted) => {
    const own = has.find(({ name }) => name === wanted.name)
    if (own === undefined) return [`the stage ${wanted.name}`]
    const gates = (wanted.gates ?? []).filter((gate) => !(own.gates ?? []).some((each) => covers(each, gate)))
    const reports = (wanted.reports ?? []).filter(
      ({ name, required = true }) =>
        required && !(own.reports ?? []).some((each) => each.name === name && each.required !== false),
    )
    const checks = (wanted.verify ?? []).filter(({ name }) => !(own.verify ?? []).some((each) => each.name === name))
    return [
      ...gates.map((gate) => `${describe(gate)} in ${wanted.name}`),
      ...reports.map(({ name }) => `the report ${name} in ${wanted.name}`),
      ...checks.map(({ name }) => `the verification ${name} in ${wanted.name}`),
    ]
  })
}

function covers(own: Gate, wanted: Gate): boolean {
  if (wanted.metrics !== undefined) {
    const metrics = own.metrics ?? {}
    return Object.entries(wanted.metrics).every(([name, bound]) => {
      const held = metrics[name]
      return held !== undefined && boundCovers(held, bound)
    })
  }
  if (wanted.approvals !== undefined) {
    const { role, count = 1 } = wanted.approvals
    return own.approvals?.role === role && (own.approvals.count ?? 1) >= count
  }
  if (wanted.soak !== undefined) {
    const length = own.soak?.stage === wanted.soak.stage ? parseDuration(own.soak.for) : null
    return length !== null && length >= (parseDuration(wanted.soak.for) ?? 0)
  }
  const { compare: mine } = own
  const { compare: theirs } = wanted
  if (theirs === undefined) return true
  if (mine === undefined || mine.metric !== theirs.metric || mine.to !== theirs.to) return false
  const drop = theirs.max_drop === undefined || (mine.max_drop ?? Infinity) <= theirs.max_drop
  return drop && (theirs.min_gain === undefined || (mine.min_gain ?? -Infinity) >= theirs.min_gain)
}

interface Bound {
  readonly operator: string
  readonly value: number
}

/** `>= 0.9` in parts. */
function boundOf(text: string): Bound {
  const [, operator = '', value = ''] = /^(>=|<=|==|>|<) *(.+)$/.exec(text) ?? []
  return { operator, value: Number(value) }
}

/** Whether everything that keeps `own` also keeps `wanted`. */
function boundCovers(own: string, wanted: string): boolean {
  const [mine, theirs] = [boundOf(own), boundOf(wanted)]
  if (mine.operator === '==') return holds(mine.value, theirs)
  if (theirs.operator.startsWith('>') && mine.operator.startsWith('>')) {
    return (
      mine.value > theirs.value || (mine.value === theirs.value && (theirs.operator === '>=' || mine.operator === '>'))
    )
  }
  if (theirs.operator.startsWith('<') && mine.operator.startsWith('<')) {
    return (
      mine.value < theirs.value || (mine.value === theirs.value && (theirs.operator === '<=' || mine.operator === '<'))
    )
  }
  return false
}

function holds(value: number, { operator, value: limit }: Bound): boolean {
  if (operator === '>=') return value >= limit
  if (operator === '<=') return value <= limit
  if (operator === '>') return value > limit
  return operator === '<' ? value < limit : value === limit
}

function describe({ metrics, approvals, soak, compare }: Gate): string {
  if (approvals !== undefined) return `${approvals.count ?? 1} approvals by ${approvals.role}`
  if (soak !== undefined) return `${soak.for} of soak in ${soak.stage}`
  if (compare !== undefined) return `the comparison of ${compare.metric} with ${compare.to}`
  return `the gate on ${Object.entries(metrics ?? {})
    .map(([name, bound]) => `${name} ${bound}`)
    .join(', ')}`
}
