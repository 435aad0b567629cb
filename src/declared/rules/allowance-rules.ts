import type { Diagnostic } from '../../domain/diagnostics.ts'
import type { DeploymentDocument } from '../../domain/generated/deployment.ts'
import type { DeclaredLifecycle, DeclaredRuntime } from '../declared-state.ts'
import type { DeploymentLayer } from '../deployment-layers.ts'
import { findingAt, relationAt } from '../findings.ts'
import { unknownName } from './named-help.ts'
import { matchesAny, type NamespaceChain } from '../namespaces.ts'

interface Subject {
  readonly stage: string
  readonly runtime: DeclaredRuntime | null
  readonly layers: readonly DeploymentLayer[]
}

/** Every namespace above must allow the stage and the runtime. */
export function checkAllowances({ stage, runtime, layers }: Subject, { links }: NamespaceChain): Diagnostic[] {
  const document = layers.at(-1)?.document
  if (document === undefined) return []
  return links.flatMap(({ value, document: namespace }) => {
    const { runtimes, stages } = value.allow ?? {}
    const found: Diagnostic[] = []
    const refuse = (field: 'stage' | 'runtime', name: string, allowed: readonly string[]): void => {
      const related = [relationAt(namespace, ['allow', `${field}s`], 'what it allows')]
      const help = allowed.length === 0 ? `It allows no ${field}.` : `It allows: ${allowed.join(', ')}.`
      const summary = `the namespace ${namespace.place.name} does not allow the ${field} ${name}`
      const path = document.value[field] === undefined ? [] : [field]
      found.push(firstLineOf(findingAt(document, path, { code: 'ST1219', summary, help, related }), path.length === 0))
    }
    if (stages !== undefined && !stages.includes(stage)) refuse('stage', stage, stages)
    if (runtimes !== undefined && runtime !== null && !matchesAny(runtime.name, runtimes))
      refuse('runtime', runtime.name, runtimes)
    return found
  })
}

/** A model's life cycle says which stages there are. */
export function checkStage(subject: {
  readonly stage: string
  readonly value: DeploymentDocument
  readonly layers: readonly DeploymentLayer[]
  readonly lifecycle: DeclaredLifecycle
}): Diagnostic[] {
  const { stage, value, layers, lifecycle } = subject
  const document = layers.at(-1)?.document
  const stages = lifecycle.stages.map(({ name }) => name)
  if (document === undefined || stages.length === 0 || stages.includes(stage)) return []
  const said = unknownName('stage', stage, stages)
  const related = [relationAt(lifecycle.document, ['stages'], `the life cycle ${lifecycle.name}`)]
  const summary = `the life cycle ${lifecycle.name} has no stage ${stage}`
  const path = value.stage === undefined ? [] : ['stage']
  return [
    firstLineOf(findingAt(document, path, { code: 'ST1217', summary, help: said.help, related }), path.length === 0),
  ]
}

/** What is said of a whole document stands at its first line alone. */
function firstLineOf(diagnostic: Diagnostic, whole: boolean): Diagnostic {
  const { start } = diagnostic.range
  return whole ? { ...diagnostic, range: { start, end: start } } : diagnostic
}
