import type { Diagnostic } from '../../domain/diagnostics.ts'
import type { CompiledDocument } from '../compile-document.ts'
import type { DeclaredDeployment, DeclaredUnit } from '../declared-state.ts'
import { findingAt } from '../findings.ts'
import { isDay } from '../../domain/days.ts'
import type { UnitContext } from '../unit-context.ts'

/** An overdue validation is said, and keeps new versions out of protected stages; what runs goes on. */
export function checkValidation(
  { value, document }: NonNullable<DeclaredUnit['catalog']>,
  deployments: ReadonlyMap<string, DeclaredDeployment>,
  { today, committedOn, base, platform, uses }: UnitContext,
): Diagnostic[] {
  const due = value.next_validation
  if (due === undefined) return []
  if (!isDay(due)) return [] // said of the document itself
  uses('today')
  if (today <= due) return []
  const help = 'Validate the model, and set `next_validation` to the next date.'
  const found = [
    findingAt(document, ['next_validation'], { code: 'ST1225', summary: `the validation was due on ${due}`, help }),
  ]
  if (committedOn <= due || base === null) return found
  uses('settings')
  const protectedStages = platform.settings?.guards.protectedStages ?? []
  for (const deployment of deployments.values()) {
    const { document: intent, stage, modelVersion } = deployment
    const before = base.documents.get(intent.path)
    const same = before === undefined ? base.paths.has(intent.path) : isThere(before, stage, modelVersion)
    if (same || !protectedStages.includes(stage)) continue
    const summary = `no new version may enter ${stage}: the validation was due on ${due}`
    found.push(findingAt(intent, ['model_version'], { code: 'ST1226', summary, help }))
  }
  return found
}

/** Whether the deployment was for this stage and version before. */
function isThere({ value, place }: CompiledDocument, stage: string, modelVersion: number): boolean {
  return value.model_version === modelVersion && (value.stage ?? place.name) === stage
}
