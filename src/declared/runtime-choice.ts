import type { DeclaredRuntime } from './declared-state.ts'
import type { Fault, YamlDocument } from './fault.ts'
import { nearestName } from '../domain/nearest-name.ts'

export interface RuntimeRequest {
  readonly name: string | undefined
  readonly stage: string
  readonly services: readonly string[]
  readonly document: YamlDocument
}

/**
 * The runtime a deployment asks for by name, else the one that carries its stage and a service tag of the model.
 * `null` without a fault: it depends on a runtime document that is broken, which has its own diagnostics.
 */
export function chooseRuntime(
  request: RuntimeRequest,
  runtimes: ReadonlyMap<string, DeclaredRuntime>,
  brokenRuntimes: ReadonlySet<string>,
): { readonly runtime: DeclaredRuntime | null; readonly fault: Fault | null } {
  const { name, stage, services, document } = request
  if (name !== undefined) {
    const runtime = runtimes.get(name)
    if (runtime !== undefined) return { runtime, fault: null }
    if (brokenRuntimes.has(name)) return { runtime: null, fault: null }
    const known = [...runtimes.keys(), ...brokenRuntimes].sort()
    const range = document.rangeOf(['runtime'])
    const help = known.length === 0 ? 'There is none under _platform/runtimes/.' : unknownHelp(name, known)
    return {
      runtime: null,
      fault: { code: 'ST1202', summary: `there is no runtime ${name}`, help, range, pointer: '/runtime' },
    }
  }
  const candidates = [...runtimes.values()].filter((runtime) => serves(runtime, stage, services))
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) return { runtime: only, fault: null }
  if (candidates.length === 0 && brokenRuntimes.size > 0) return { runtime: null, fault: null }
  return { runtime: null, fault: ambiguous(candidates, stage, services, runtimes, document) }
}

function serves(runtime: DeclaredRuntime, stage: string, services: readonly string[]): boolean {
  if (!runtime.stages.includes(stage)) return false
  return runtime.services.length === 0 || runtime.services.some((service) => services.includes(service))
}

function unknownHelp(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known)
  return `${nearest === null ? '' : `The nearest is ${nearest}. `}There is: ${known.join(', ')}.`
}

function ambiguous(
  candidates: readonly DeclaredRuntime[],
  stage: string,
  services: readonly string[],
  runtimes: ReadonlyMap<string, DeclaredRuntime>,
  document: YamlDocument,
): Fault {
  const tags = services.length === 0 ? 'without service tags' : `with service tags ${services.join(', ')}`
  if (candidates.length > 1) {
    const names = candidates.map((runtime) => runtime.name).join(', ')
    const summary = `several runtimes serve stage ${stage} ${tags}`
    return {
      code: 'ST1203',
      summary,
      help: `Name one of them with \`runtime:\`: ${names}.`,
      range: document.rangeOf([]),
    }
  }
  const all = [...runtimes.values()].map((runtime) => `${runtime.name} (${runtime.stages.join(', ')})`).join('; ')
  const help = all === '' ? 'Add one under _platform/runtimes/.' : `Runtimes and their stages: ${all}.`
  return { code: 'ST1203', summary: `no runtime serves stage ${stage} ${tags}`, help, range: document.rangeOf([]) }
}
