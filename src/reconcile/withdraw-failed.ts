import type { DeclaredUnit } from '../declared/declared-state.ts'
import { deploymentKey } from '../domain/names.ts'
import { isFailure, standingOf } from '../plan/standing.ts'
import type { RecordedDeployment, RecordedUnit } from '../recorded/recorded-state.ts'
import type { Intent, ReconcilePorts } from './ports.ts'
import { recordChange } from './record-change.ts'

/**
 * Rollouts that failed, whose intent Git has no more: a person has answered. Only so can the same version be told from
 * one that nobody has looked at when it is declared again.
 */
export function withdrawnFailures(unit: DeclaredUnit | undefined, recorded: RecordedUnit): RecordedDeployment[] {
  if (unit?.blocked === true) return []
  const names = [...new Set(recorded.deployments.map(({ name }) => name))]
  return names.flatMap((name) => {
    const { newest } = standingOf(recorded, name)
    const wanted = unit?.deployments.get(name)?.specDigest
    return newest !== null && isFailure(newest) && newest.specDigest !== wanted ? [newest] : []
  })
}

/** Records that; true where there was something to record. */
export async function withdrawFailed(
  ports: ReconcilePorts,
  intent: Intent,
  work: {
    readonly unit: DeclaredUnit | undefined
    readonly recorded: RecordedUnit
    /** Deployments that begin another rollout now: that one tells enough. */
    readonly begun: ReadonlySet<string>
  },
): Promise<boolean> {
  const failures = withdrawnFailures(work.unit, work.recorded).filter(({ name }) => !work.begun.has(name))
  const { model } = work.recorded
  for (const { item, name, modelVersion } of failures) {
    await recordChange(ports, intent, {
      model,
      table: 'model-deployment',
      before: item,
      after: { ...item, withdrawn_at: intent.declared.revision },
      event: 'deployment.withdrawn',
      what: `${deploymentKey(model, name)} version ${modelVersion}`,
    })
  }
  return failures.length > 0
}
