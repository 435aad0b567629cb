import type { Diagnostic } from '../../domain/diagnostics.ts'
import { diagnosticOf, type CompiledDocument } from '../compile-document.ts'
import type { DeclaredLifecycle } from '../declared-state.ts'
import { listed, type Fault, type Path } from '../fault.ts'
import { lookAlikes } from './look-alikes.ts'
import { unknownName, unknownRole } from './named-help.ts'
import type { Platform } from '../platform.ts'
import { limits } from '../yaml/limits.ts'

type Parts = Pick<Platform, 'lifecycles' | 'roles' | 'runtimes' | 'freezes'>

/** What documents of `_platform` say of each other. */
export function checkPlatform({ lifecycles, roles, runtimes, freezes }: Parts): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = (document: CompiledDocument, fault: Fault): void => void found.push(diagnosticOf(fault, document.path))
  for (const lifecycle of lifecycles.values()) {
    for (const fault of checkLifecycle(lifecycle, roles)) report(lifecycle.document, fault)
  }
  found.push(...checkTiers([...lifecycles.values()]))
  const known = new Set([...runtimes.values()].flatMap(({ stages }) => stages))
  for (const { stages } of lifecycles.values()) for (const { name } of stages) known.add(name)
  for (const { document, value } of freezes.values()) {
    value.stages.forEach((stage: string, index: number) => {
      if (known.size > 0 && !known.has(stage))
        report(document, unknownStage(document, ['stages', index], stage, [...known]))
    })
  }
  const named = [...runtimes.values(), ...lifecycles.values()].map(({ name, document }) => ({
    name,
    path: document.path,
  }))
  found.push(
    ...lookAlikes(
      named.filter(({ path }) => path.includes('/runtimes/')),
      'runtime',
    ),
  )
  found.push(
    ...lookAlikes(
      named.filter(({ path }) => path.includes('/lifecycles/')),
      'life cycle',
    ),
  )
  return found
}

function unknownStage({ yaml }: CompiledDocument, path: Path, stage: string, known: readonly string[]): Fault {
  const { summary, help } = unknownName('stage', stage, known)
  return { code: 'ST1217', summary, help, range: yaml.rangeOf(path), pointer: `/${path.join('/')}` }
}

function checkLifecycle({ document, stages }: DeclaredLifecycle, roles: Parts['roles']): readonly Fault[] {
  const { yaml } = document
  if (document.value.stages === undefined) return []
  const faults: Fault[] = []
  const before: string[] = []
  const seen = new Set<string>()
  const add = (code: Fault['code'], path: Path, { summary, help }: { summary: string; help: string }): void => {
    faults.push({ code, summary, help, range: yaml.rangeOf(path), pointer: `/${path.join('/')}` })
  }
  stages.forEach(({ name, gates = [] }, index) => {
    if (seen.has(name)) {
      add('ST1105', ['stages', index, 'name'], {
        summary: `the stage ${name} stands twice`,
        help: 'Keep one of the two.',
      })
    }
    gates.forEach((gate, position) => {
      const at = (...rest: Path): Path => ['stages', index, 'gates', position, ...rest]
      const role = gate.approvals?.role
      if (role !== undefined && roles !== null && !roles.has(role)) {
        add('ST1218', at('approvals', 'role'), unknownRole(role, roles))
      }
      const soak = gate.soak?.stage
      if (soak !== undefined && !seen.has(soak) && faults.length <= limits.faults) {
        add('ST1217', at('soak', 'stage'), unknownName('earlier stage', soak, before))
      }
      const to = gate.compare?.to
      if (to !== undefined && to !== 'live' && !seen.has(to) && faults.length <= limits.faults) {
        add('ST1217', at('compare', 'to'), unknownName('earlier stage', to, ['live', ...before]))
      }
    })
    seen.add(name)
    before.push(name)
  })
  return listed(faults)
}

/** One risk tier means one life cycle. */
function checkTiers(lifecycles: readonly DeclaredLifecycle[]): Diagnostic[] {
  const taken = new Map<string, DeclaredLifecycle>()
  return lifecycles.flatMap((lifecycle) =>
    lifecycle.riskTiers.flatMap((tier, index) => {
      const first = taken.get(tier)
      if (first === undefined) taken.set(tier, lifecycle)
      if (first === undefined || first === lifecycle) return []
      const { yaml, path } = lifecycle.document
      const other = first.document.yaml.rangeOf(['risk_tiers', first.riskTiers.indexOf(tier)])
      const fault: Fault = {
        code: 'ST1221',
        summary: `the risk tier ${tier} has the life cycle ${first.name} already`,
        help: 'Leave the tier in one of the two.',
        range: yaml.rangeOf(['risk_tiers', index]),
        pointer: `/risk_tiers/${index}`,
        related: [{ path: first.document.path, range: other, message: 'the other life cycle' }],
      }
      return [diagnosticOf(fault, path)]
    }),
  )
}
