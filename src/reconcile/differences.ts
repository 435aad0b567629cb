import { same } from '../domain/objects.ts'
import { maskTokens } from '../domain/secret-tokens.ts'
import type { DriftField } from '../domain/drift-fields.ts'
import type { Json } from '../domain/json.ts'
import type { Change, ChangeVariable, Observation, ObservedSet } from '../runtimes/driver.ts'

/** One field in which what runs is not what it should be. */
export interface Difference {
  /** `replicas`, `environment_variables.MODE`, `artifacts.trained`, …: what `drift.ignore` names. */
  readonly field: DriftField | `${DriftField}.${string}`
  readonly declared: Json
  /** Never the value of a variable that is not the declared one: somebody may have put a secret there by hand (I11). */
  readonly running: Json
  /** Without times and ids of processes (I14). */
  readonly message: string
}

const HIDDEN = '***'

/** How a target differs from what a change would leave behind. `own`: the set that is compared, as the caller chooses it. */
export function differences(
  change: Change,
  seen: {
    readonly observation: Observation | null
    readonly own: ObservedSet | undefined
    readonly processDigest: string
  },
): Difference[] {
  const { observation, own, processDigest } = seen
  const what = `version ${change.modelVersion}`
  if (observation === null) return [difference('deployment', [what, null], 'it is gone')]
  if (own === undefined) {
    return [difference('deployment', [what, null], `${what} (deployment ${change.deploymentId}) is gone`)]
  }
  const parts = partDifferences(change, own)
  const unexplained = own.processDigest !== processDigest && parts.length === 0
  return [
    ...parts,
    ...(unexplained
      ? [difference('processes', ['as declared', HIDDEN], 'its processes are made of something else')]
      : []),
    ...aroundDifferences(change, observation, own),
  ]
}

/** Whether `drift.ignore` names a field, or what it is part of. */
export function isIgnored({ field }: Difference, ignore: readonly string[]): boolean {
  return ignore.some((name) => field === name || field.startsWith(`${name}.`))
}

function partDifferences(change: Change, { madeOf }: ObservedSet): Difference[] {
  const found: Difference[] = []
  const { modelVersion: wanted, command } = change
  if (madeOf.modelVersion !== wanted) {
    const message = `version ${madeOf.modelVersion} runs instead of version ${wanted}`
    found.push(difference('model_version', [wanted, madeOf.modelVersion], message))
  }
  if (!same(command as Json, madeOf.command as Json)) {
    found.push(difference('command', [command, madeOf.command], 'its command is another one'))
  }
  return [...found, ...artifactDifferences(change, madeOf), ...variableDifferences(change, madeOf)]
}

function artifactDifferences(change: Change, madeOf: ObservedSet['madeOf']): Difference[] {
  const [wanted, running] = [byName(change.artifacts), byName(madeOf.artifacts)]
  return namesOf(wanted, running).flatMap((name) => {
    const [declared, there] = [wanted.get(name) ?? null, running.get(name) ?? null]
    // A size that was filled in later is no change (I4).
    if (declared !== null && declared.uri === there?.uri && declared.sha256 === there.sha256) return []
    const short = (artifact: Change['artifacts'][number] | null): Json =>
      artifact && { uri: artifact.uri, sha256: artifact.sha256 }
    const message = `artifact ${name} ${said(declared, there, 'is another one')}`
    return [difference(`artifacts.${name}`, [short(declared), short(there)], message)]
  })
}

function variableDifferences(change: Change, madeOf: ObservedSet['madeOf']): Difference[] {
  const [wanted, running] = [byName(change.environmentVariables), byName(madeOf.environmentVariables)]
  return namesOf(wanted, running).flatMap((name) => {
    const [declared, there] = [wanted.get(name) ?? null, running.get(name) ?? null]
    if (same(declared, there)) return []
    const message = `variable ${name} ${said(declared, there, 'has another value')}`
    const shown = there === null ? null : 'secretRef' in there ? there.secretRef : HIDDEN
    return [difference(`environment_variables.${name}`, [valueOf(declared), shown], message)]
  })
}

/** What stands around the processes: how many, who shares the traffic, where they are called and by whom. */
function aroundDifferences(change: Change, observation: Observation, own: ObservedSet): Difference[] {
  const found: Difference[] = []
  const { path, tokenRef, sets } = observation
  if (own.replicas !== change.replicas) {
    const message = `${own.replicas} replicas are asked for instead of ${change.replicas}`
    found.push(difference('replicas', [change.replicas, own.replicas], message))
  }
  if (own.weight !== 100 || sets.length > 1) {
    found.push(difference('weight', [100, own.weight], 'traffic is shared with another version'))
  }
  if (path !== change.path) {
    found.push(difference('path', [change.path, path], `it answers at ${path} instead of ${change.path}`))
  }
  if (tokenRef !== change.tokenRef) {
    const message = `its token ${said(change.tokenRef, tokenRef, 'comes from somewhere else')}`
    found.push(difference('token_ref', [change.tokenRef, tokenRef], message))
  }
  return found
}

function said(declared: unknown, running: unknown, other: string): string {
  if (running === null) return 'is missing'
  return declared === null ? 'is not declared' : other
}

function difference(
  field: Difference['field'],
  [declared, running]: readonly [Json, Json],
  message: string,
): Difference {
  return { field, declared, running: masked(running), message: maskTokens(message) }
}

/** What somebody wrote at the runtime may hold a password, in an address or an argument. */
function masked(value: Json): Json {
  if (typeof value === 'string') return maskTokens(value)
  if (Array.isArray(value)) return value.map((entry: Json) => masked(entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, masked(held)]))
}

function valueOf(variable: ChangeVariable | null): Json {
  if (variable === null) return null
  return 'secretRef' in variable ? variable.secretRef : variable.value
}

function byName<Named extends { readonly name: string }>(list: readonly Named[]): ReadonlyMap<string, Named> {
  return new Map(list.map((entry) => [entry.name, entry]))
}

function namesOf(...maps: readonly ReadonlyMap<string, unknown>[]): string[] {
  return [...new Set(maps.flatMap((map) => [...map.keys()]))].sort()
}
