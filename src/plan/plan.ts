import type { Diagnostic } from '../domain/diagnostics.ts'
import type { Digest } from '../domain/digest.ts'
import type { JsonObject } from '../domain/json.ts'
import { isDriven, type DeploymentMethod, type ModelId } from '../domain/names.ts'

/** Raised when the same declared and recorded state would give other actions; part of every digest. */
export const PLANNER = 1

export const actionKinds = [
  'catalog.upsert',
  'registry.upsert',
  'deployment.create',
  'deployment.rollout',
  'deployment.adjust',
  'deployment.retire',
  'registry.retire',
  'catalog.retire',
] as const
export type ActionKind = (typeof actionKinds)[number]

/** One change. `before` and `after` hold only the fields that change; null where there is nothing before or after. */
export interface Action {
  readonly kind: ActionKind
  /** `/ns/model`, `/ns/model@3` or `/ns/model#prod`. */
  readonly key: string
  readonly before: JsonObject | null
  readonly after: JsonObject | null
  readonly fields: readonly string[]
  /** For people only. */
  readonly reason: string
  readonly risk: 'low' | 'medium' | 'high'
  /** Where it is declared; null for a retirement. */
  readonly position: { readonly path: string; readonly line: number } | null
}

/** Whether a change takes something away: what goes, and what runs and is left to others from now on (I6). */
export function removes({ kind, before, after }: Action): boolean {
  if (kind.endsWith('.retire')) return true
  const [from, to] = [before?.deployment_method, after?.deployment_method].map((method) => method as DeploymentMethod)
  return kind === 'deployment.rollout' && from !== undefined && to !== undefined && isDriven(from) && !isDriven(to)
}

/** The changes of one unit in one stage; `stage` null for catalog and registry. */
export interface UnitPlan {
  readonly unit: ModelId
  readonly stage: string | null
  readonly digest: Digest
  readonly blocked: boolean
  readonly actions: readonly Action[]
}

export interface PlanSummary {
  readonly create: number
  readonly update: number
  readonly delete: number
  readonly blocked: number
  readonly unchanged: number
  readonly drift: number
}

export interface Drift {
  readonly unit: ModelId
  readonly key: string
  readonly class: 'changed_outside' | 'not_applied_yet' | 'ignored'
  /** `replicas`, `environment_variables.MODE`, …: what differs. */
  readonly fields: readonly string[]
  readonly message: string
}

/** `plan --json` and the file of `--out`; a contract for scripts, tested in test/cli/plan.test.ts. */
export interface Plan {
  readonly format: 'steward.plan/v1'
  readonly digest: Digest
  readonly revision: string
  readonly root: string
  readonly tree: string
  /** False: the runtimes were not reachable or not asked. */
  readonly observed: boolean
  readonly summary: PlanSummary
  readonly units: readonly UnitPlan[]
  readonly drift: readonly Drift[]
  readonly diagnostics: readonly Diagnostic[]
}
