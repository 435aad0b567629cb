import type { Diagnostic } from '../../domain/diagnostics.ts'
import type { DeploymentDocument } from '../../domain/generated/deployment.ts'
import type { ModelVersionDocument } from '../../domain/generated/model-version.ts'
import type { DeploymentMethod } from '../../domain/names.ts'
import type { CapabilityTable } from '../../runtimes/capabilities.ts'
import type { CompiledDocument } from '../compile-document.ts'
import type { DeclaredRuntime } from '../declared-state.ts'
import { originOf, type DeploymentLayer } from '../deployment-layers.ts'
import type { Path } from '../fault.ts'
import { findingAt, relationAt, type Finding } from '../findings.ts'

/** A deployment that is judged. */
export interface Subject {
  /** With every layer of defaults merged in. */
  readonly value: DeploymentDocument
  readonly layers: readonly DeploymentLayer[]
  readonly document: CompiledDocument
}

/** A finding where a value of the merged document is written: in the deployment, or in the defaults it comes from. */
export function at({ value, layers, document }: Subject, path: Path, finding: Finding): Diagnostic {
  const origin = originOf(layers, value, path) ?? { document, at: path }
  const [first, ...others] = [origin.document, document]
  if (first === document) return findingAt(document, origin.at, finding)
  const related = others.map((other) => relationAt(other, [], 'for this deployment'))
  return findingAt(origin.document, origin.at, { ...finding, related: [...(finding.related ?? []), ...related] })
}

export interface DrivenSubject extends Subject {
  readonly runtime: DeclaredRuntime
  readonly method: DeploymentMethod
  readonly version: ModelVersionDocument
  readonly versionDocument: CompiledDocument
  readonly capabilities: CapabilityTable
  readonly isProtected: boolean
}

/** What the target can not do. */
export function impossible(subject: DrivenSubject, path: Path, what: string, help: string): Diagnostic {
  return at(subject, path, { code: 'ST1205', summary: `${subject.runtime.method} can not do ${what}`, help })
}
