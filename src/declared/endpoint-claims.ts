import { codeEntry } from '../domain/diagnostic-codes.ts'
import { firstLine, type Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import type { DeclaredDeployment, DeclaredUnit } from './declared-state.ts'

/** A path on a runtime's gateway that a deployment takes. */
export interface EndpointClaim {
  readonly model: ModelId
  readonly runtime: string
  readonly endpoint: string
  /** Written in a document; a default path is the deployment's own and clashes with written ones only. */
  readonly written: boolean
  readonly file: string
  /** Looked for only where there is a clash. */
  readonly place: () => Pick<Diagnostic, 'range' | 'pointer'>
}

/** The paths that a unit's deployments take. Positions of default paths are the document's first place. */
export function claimsOf(unit: DeclaredUnit): EndpointClaim[] {
  return [...unit.deployments.values()].flatMap((deployment) => {
    const { runtime, path, document } = deployment
    if (runtime === null) return []
    const written = writtenIndex(deployment)
    const claim = {
      model: unit.model,
      runtime: runtime.name,
      endpoint: path,
      file: document.path,
      written: written !== -1,
    }
    return [{ ...claim, place: written === -1 ? atFirstPlace : pathPlace(deployment, written) }]
  })
}

/** Holds on to nothing: most claims are of this kind. */
const atFirstPlace: EndpointClaim['place'] = () => ({ range: firstLine, pointer: '' })

function writtenIndex({ resolved }: DeclaredDeployment): number {
  const index = resolved.endpoints?.findIndex(({ type }) => type === 'rest') ?? -1
  return resolved.endpoints?.[index]?.path === undefined ? -1 : index
}

function pathPlace({ document }: DeclaredDeployment, index: number): EndpointClaim['place'] {
  return () => ({ range: document.yaml.rangeOf(['endpoints', index, 'path']), pointer: `/endpoints/${index}/path` })
}

/**
 * Two deployments can not have one path on one runtime's gateway; the later file in the order of paths is told so, or
 * the one that writes the default path of another: nobody loses the path of their own name to someone else.
 * Only written paths can clash; `defaultAt` finds the deployment whose default path one of them names.
 */
export function checkClaims(
  written: readonly EndpointClaim[],
  defaultAt: (runtime: string, endpoint: string) => EndpointClaim | null,
): { readonly diagnostics: readonly Diagnostic[]; readonly models: ReadonlySet<ModelId> } {
  const byPlace = Map.groupBy(written, ({ runtime, endpoint }) => `${runtime} ${endpoint}`)
  const diagnostics: Diagnostic[] = []
  const models = new Set<ModelId>()
  for (const claims of byPlace.values()) {
    const [any] = claims
    const own = any === undefined ? null : defaultAt(any.runtime, any.endpoint)
    const all = own === null ? claims : [...claims, own]
    const [first, ...later] = all.sort(byRight)
    if (first === undefined) continue
    for (const claim of later) {
      diagnostics.push(clash(claim, first))
      models.add(claim.model)
    }
  }
  return { diagnostics, models }
}

function byRight(a: EndpointClaim, b: EndpointClaim): number {
  return Number(a.written) - Number(b.written) || (a.file < b.file ? -1 : 1)
}

function clash({ runtime, endpoint, file, place }: EndpointClaim, first: EndpointClaim): Diagnostic {
  const { severity, help } = codeEntry('ST1207')
  const summary = `the path ${endpoint} is taken on runtime ${runtime}`
  const related = [{ path: first.file, range: first.place().range, message: 'the other deployment' }]
  return { code: 'ST1207', severity, summary, help, path: file, ...place(), related }
}
