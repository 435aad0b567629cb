import type { Diagnostic } from '../domain/diagnostics.ts'
import type { CompiledDocument } from './compile-document.ts'
import type { DeclaredLifecycle } from './declared-state.ts'
import { findingAt, relationAt } from './findings.ts'
import { missingStrictness } from './rules/lifecycle-strictness.ts'
import { unknownName } from './rules/named-help.ts'
import { isBroken } from './platform.ts'
import type { UnitContext } from './unit-context.ts'

export interface LifecycleChoice {
  /** Null where none applies: the model has no gates. */
  readonly lifecycle: DeclaredLifecycle | null
  /** It depends on a life cycle that is broken: nobody knows which gates there are. */
  readonly waiting: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** The life cycle that a model names, else the one of its risk tier. The named one must be at least as strict. */
export function chooseLifecycle(model: CompiledDocument | null, { platform, uses }: UnitContext): LifecycleChoice {
  const tier = model?.value.risk_tier
  const name = model?.value.lifecycle
  if (model === null || (tier === undefined && name === undefined))
    return { lifecycle: null, waiting: false, diagnostics: [] }
  uses('lifecycles')
  const lifecycles = [...platform.lifecycles.values()]
  const asked =
    tier === undefined ? null : (lifecycles.find(({ riskTiers }) => riskTiers.includes(String(tier))) ?? null)
  const diagnostics: Diagnostic[] = []
  const tiers = lifecycles.flatMap(({ riskTiers }) => riskTiers)
  if (tier !== undefined && asked === null && tiers.length > 0 && platform.brokenLifecycles.size === 0) {
    const help = `Without one the model has no gates. Tiers with a life cycle: ${[...new Set(tiers)].sort().join(', ')}.`
    diagnostics.push(
      findingAt(model, ['risk_tier'], {
        code: 'ST1235',
        summary: `no life cycle is for the risk tier ${String(tier)}`,
        help,
      }),
    )
  }
  // A tier that no sound life cycle is for may be that of a broken one.
  const waiting = platform.brokenLifecycles.size > 0 && tier !== undefined && asked === null
  if (name === undefined) return { lifecycle: asked, waiting, diagnostics }
  const named = platform.lifecycles.get(String(name)) ?? null
  const broken = named === null && isBroken(platform.brokenLifecycles, String(name))
  if (named === null && !broken) {
    const said = unknownName('life cycle', String(name), [...platform.lifecycles.keys()], '_platform/lifecycles/')
    diagnostics.push(findingAt(model, ['lifecycle'], { code: 'ST1216', ...said }))
  }
  const missing =
    named === null || asked === null || named === asked ? [] : missingStrictness(named.stages, asked.stages)
  if (named !== null && asked !== null && missing.length > 0) {
    diagnostics.push(
      findingAt(model, ['lifecycle'], {
        code: 'ST1220',
        summary: `the life cycle ${named.name} is weaker than ${asked.name}, which the risk tier ${String(tier)} asks for`,
        help: `It lacks ${missing.join('; ')}.`,
        related: [relationAt(asked.document, ['stages'], `the life cycle of the tier`)],
      }),
    )
  }
  return { lifecycle: named ?? asked, waiting: waiting || broken, diagnostics }
}
