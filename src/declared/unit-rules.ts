import { diagnosticCodes } from '../domain/diagnostic-codes.ts'
import type { Diagnostic } from '../domain/diagnostics.ts'
import type { ModelId } from '../domain/names.ts'
import type { DeclaredDeployment, DeclaredUnit } from './declared-state.ts'

/** Two deployments can not have one path on one runtime's gateway; the later file in the order of paths is told so. */
export function checkEndpointPaths(units: ReadonlyMap<ModelId, DeclaredUnit>): Diagnostic[] {
  const taken = new Map<string, DeclaredDeployment>()
  const deployments = [...units.values()].flatMap((unit) => [...unit.deployments.values()])
  const diagnostics: Diagnostic[] = []
  for (const deployment of deployments.sort((a, b) => (a.document.path < b.document.path ? -1 : 1))) {
    const key = `${deployment.runtime.name} ${deployment.path}`
    const first = taken.get(key)
    if (first === undefined) {
      taken.set(key, deployment)
      continue
    }
    const { code, severity } = { code: 'ST1207', severity: 'error' } as const
    diagnostics.push({
      code,
      severity,
      summary: `the path ${deployment.path} is taken on runtime ${deployment.runtime.name}`,
      help: diagnosticCodes[code].help,
      path: deployment.document.path,
      ...pathPlace(deployment),
      related: [
        {
          path: first.document.path,
          range: pathPlace(first).range,
          message: 'the other deployment',
        },
      ],
    })
  }
  return diagnostics
}

/** Where the path is written; the beginning of the document where it is the default one. */
function pathPlace({ document, resolved }: DeclaredDeployment): Pick<Diagnostic, 'range' | 'pointer'> {
  const index = resolved.endpoints?.findIndex(({ type }) => type === 'rest') ?? -1
  if (resolved.endpoints?.[index]?.path !== undefined) {
    return { range: document.yaml.rangeOf(['endpoints', index, 'path']), pointer: `/endpoints/${index}/path` }
  }
  const { start } = document.yaml.rangeOf([])
  return { range: { start, end: start }, pointer: '' }
}
