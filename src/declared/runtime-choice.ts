import type { Diagnostic } from '../domain/diagnostics.ts'
import type { DeclaredRuntime } from './declared-state.ts'
import type { CompiledDocument } from './compile-document.ts'
import { originOf, type DeploymentLayer } from './deployment-layers.ts'
import { findingAt, type Finding } from './findings.ts'
import { unknownName } from './rules/named-help.ts'
import { isBroken, type Platform } from './platform.ts'

export interface RuntimeRequest {
  readonly name: string | undefined
  readonly stage: string
  readonly services: readonly string[]
  readonly layers: readonly DeploymentLayer[]
  readonly document: CompiledDocument
}

/**
 * The runtime a deployment asks for by name, else the one that carries its stage and a service tag of the model.
 * `null` without a diagnostic: it depends on a runtime document that is broken, which has its own.
 */
export function chooseRuntime(
  request: RuntimeRequest,
  { runtimes, brokenRuntimes }: Pick<Platform, 'runtimes' | 'brokenRuntimes'>,
): { readonly runtime: DeclaredRuntime | null; readonly diagnostic: Diagnostic | null } {
  const { name, stage, services, document } = request
  if (name !== undefined) {
    const runtime = runtimes.get(name)
    if (runtime !== undefined) return { runtime, diagnostic: null }
    if (isBroken(brokenRuntimes, name)) return { runtime: null, diagnostic: null }
    return { runtime: null, diagnostic: unknown(name, [...runtimes.keys(), ...brokenRuntimes], request) }
  }
  const candidates = servingRuntimes(runtimes, stage, services)
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) return { runtime: only, diagnostic: null }
  if (candidates.length === 0 && brokenRuntimes.size > 0) return { runtime: null, diagnostic: null }
  return { runtime: null, diagnostic: findingAt(document, [], undecided(candidates, request, runtimes)) }
}

type Runtimes = ReadonlyMap<string, DeclaredRuntime>

/** Those that carry a stage, and one of the service tags if they have any themselves. */
export function servingRuntimes(
  runtimes: Runtimes,
  stage: string,
  services: readonly string[],
): readonly DeclaredRuntime[] {
  return [...runtimes.values()].filter(
    (each) =>
      each.stages.includes(stage) &&
      (each.services.length === 0 || each.services.some((service) => services.includes(service))),
  )
}

function unknown(name: string, known: readonly string[], { layers, document }: RuntimeRequest): Diagnostic {
  const place = originOf(layers, { model_version: 1, runtime: name }, ['runtime']) ?? { document, at: ['runtime'] }
  const said = unknownName('runtime', name, known, '_platform/runtimes/')
  return findingAt(place.document, place.at, { code: 'ST1202', ...said })
}

/** What is said where none or several carry a stage. */
export function undecided(
  candidates: readonly DeclaredRuntime[],
  { stage, services }: Pick<RuntimeRequest, 'stage' | 'services'>,
  runtimes: Runtimes,
): Finding {
  const tagged = [...runtimes.values()].some((runtime) => runtime.services.length > 0)
  const tags = services.length > 0 ? ` with service tags ${services.join(', ')}` : tagged ? ' without service tags' : ''
  if (candidates.length > 1) {
    const names = candidates.map((runtime) => runtime.name).join(', ')
    const summary = `several runtimes serve stage ${stage}${tags}`
    return { code: 'ST1203', summary, help: `Name one of them with \`runtime:\`: ${names}.` }
  }
  const describe = ({ name, stages, services: own }: DeclaredRuntime): string =>
    `${name} (${stages.join(', ')}${own.length === 0 ? '' : `; for ${own.join(', ')}`})`
  const all = [...runtimes.values()].map(describe).join('; ')
  const help =
    all === ''
      ? 'Add one under _platform/runtimes/.'
      : `Add ${stage} to \`stages\` of one, or take another stage. Runtimes and their stages: ${all}.`
  return { code: 'ST1203', summary: `no runtime serves stage ${stage}${tags}`, help }
}
