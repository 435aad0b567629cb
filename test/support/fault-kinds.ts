import { seededRandom } from './catalog-mutations.ts'
import type { DecideFault, Fault } from './fault-proxy.ts'

const throttled = (error: string): Fault => ({ kind: 'answered', status: 400, error })
const faults = {
  throttling: throttled('ThrottlingException'),
  'exceeded throughput': throttled('ProvisionedThroughputExceededException'),
  'internal server errors': { kind: 'answered', status: 500, error: 'InternalServerError' },
  'a service that is unavailable': { kind: 'answered', status: 503, error: null },
  'connections that are reset': { kind: 'reset' },
} as const satisfies Readonly<Record<string, Fault>>

export interface FaultKind {
  readonly name: string
  /** A fresh one for each run: they count. */
  readonly begin: () => DecideFault
}

/** Every seventh request: with its three retries, the SDK gets each through. */
const often: readonly FaultKind[] = Object.entries(faults).map(([name, fault]) => ({
  name,
  begin: () => (request) => (request.number % 7 === 2 ? fault : null),
}))

/** Every request of a while fails, with its retries: the run itself fails, and is repeated. The shortest run has twenty. */
const outages: readonly FaultKind[] = [5, 11, 17].map((from) => ({
  name: `an outage from request ${from} on`,
  begin: () => (request) => (request.number >= from && request.number < from + 16 ? { kind: 'reset' } : null),
}))

const lost: FaultKind = {
  name: 'every other write without its answer',
  begin: () => {
    let writes = 0
    return ({ operation }) => (operation === 'PutItem' && (writes += 1) % 2 === 1 ? { kind: 'lost' } : null)
  },
}

function latency(seed: number): FaultKind {
  const random = seededRandom(seed)
  return { name: 'latency', begin: () => () => ({ kind: 'late', ms: Math.round(random() * 60) }) }
}

/** About one of four requests has a fault, of any kind. */
function mixture(seed: number): FaultKind {
  const random = seededRandom(seed)
  const kinds: readonly Fault[] = [...Object.values(faults), { kind: 'lost' }, { kind: 'lost' }]
  const one = (): Fault | null => {
    const late: Fault = { kind: 'late', ms: Math.round(random() * 200) }
    return [...kinds, late][Math.floor(random() * (kinds.length + 1))] ?? null
  }
  return { name: `a mixture with seed ${seed}`, begin: () => () => (random() < 0.25 ? one() : null) }
}

export const faultKinds: readonly FaultKind[] = [
  latency(20_260_101),
  ...often,
  lost,
  ...outages,
  ...[1, 2, 3].map(mixture),
]
