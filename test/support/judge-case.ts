import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkArtifacts } from '../../src/app/check-artifacts.ts'
import { createDirectoryStore } from '../../src/artifacts/directory-store.ts'
import { Declarer } from '../../src/declared/declarer.ts'
import type { DeclaredState } from '../../src/declared/declared-state.ts'
import type { Diagnostic } from '../../src/domain/diagnostics.ts'
import { omit } from '../../src/domain/objects.ts'
import { planAll } from '../../src/plan/plan-all.ts'
import type { RecordedState } from '../../src/recorded/recorded-state.ts'
import type { Capabilities } from '../../src/runtimes/capabilities.ts'
import { capabilityTable } from '../../src/runtimes/capability-table.ts'
import { carryOut, nothingRecorded } from './catalog-recorded.ts'
import type { InvalidCase } from './invalid-case.ts'

/** Every problem of a case, found by what finds it in the product: the declaration, the plan or the artifact check. */
export async function judgeCase(given: InvalidCase): Promise<readonly Diagnostic[]> {
  const { catalog, base, fork, now, applied, artifacts, driver } = given
  const compared = { ...(base && { base }), ...(fork && { fork }), ...(now !== undefined && { now }) }
  const able = driver === null ? capabilityTable : new Map([...capabilityTable, [driver, everything] as const])
  const declared = catalog.declare({ ...compared, declarer: new Declarer(able) })
  if (artifacts !== null) return [...declared.diagnostics, ...(await artifactFaults(declared, artifacts))]
  if (applied.length === 0) return declared.diagnostics
  let recorded = nothingRecorded
  for (const earlier of applied) {
    const state = earlier.declare()
    recorded = carryOut(planAll({ declared: state, recorded }), state, recorded)
  }
  return planAll({ declared, recorded: given.foreign ? unmarked(recorded) : recorded }).diagnostics
}

const everything: Capabilities = {
  strategies: ['rolling', 'blue green', 'canary'],
  modes: ['online', 'batch'],
  endpointTypes: ['rest', 'kafka'],
  endpointAuth: ['none', 'token', 'iam'],
  ...{ secretSchemes: ['aws-secretsmanager', 'env', 'file'], stickyHeader: true, largestCanary: 50 },
  ...{ ownVariables: [], holds: true, challengers: true, autoscaling: true },
  serving: ['command', 'image', 'server'],
  artifactSchemes: ['file', 's3'],
}

/** The catalog items as someone else would have written them: without our mark. */
function unmarked({ units }: RecordedState): RecordedState {
  return {
    units: new Map(
      [...units].map(([model, unit]) => {
        const item = unit.catalog === null ? null : omit(unit.catalog, new Set(['rev']))
        return [model, { ...unit, catalog: item }]
      }),
    ),
  }
}

async function artifactFaults(
  declared: DeclaredState,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<readonly Diagnostic[]> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-artifacts-'))
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
    const context = { store: createDirectoryStore(), base: pathToFileURL(folder).href }
    const found: Diagnostic[] = []
    for (const [model, { versions }] of declared.units) {
      found.push(
        ...(await checkArtifacts(context, declared, { model, versions: [...versions.keys()], check: 'bytes' })),
      )
    }
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
