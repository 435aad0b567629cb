import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Clock } from '../../domain/ports.ts'
import type { TablesPlace } from '../app.ts'

export type Sdk = typeof import('@aws-sdk/client-dynamodb')

/** An answer's own time with that of the question: for comparing two clocks. */
export interface Exchange {
  readonly sentAt: number
  readonly receivedAt: number
  /** The `Date` header as it came. */
  readonly date: string
}

/** A client that gives up soon, tries once, and notes the time of each answer, also of those that are errors. */
export interface Probe {
  readonly sdk: Sdk
  readonly client: DynamoDBClient
  readonly place: TablesPlace
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly exchanges: readonly Exchange[]
}

/** A table answers in milliseconds; a network that drops packets says nothing at all. */
const PATIENCE = { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true } as const

export async function openProbe(
  place: TablesPlace,
  endpoint: string | null,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Probe> {
  const sdk = await import('@aws-sdk/client-dynamodb')
  const client = new sdk.DynamoDBClient({
    region: place.region,
    maxAttempts: 1,
    requestHandler: PATIENCE,
    ...(endpoint !== null && { endpoint }),
    ...(place.local && { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
  })
  const exchanges: Exchange[] = []
  // Inside of the step that reads errors out of answers.
  client.middlewareStack.add(
    (next) => async (input) => {
      const sentAt = clock.now().getTime()
      const result = await next(input)
      const date = dateOf(result.response)
      if (date !== null) exchanges.push({ sentAt, receivedAt: clock.now().getTime(), date })
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'noteDate' },
  )
  return { sdk, client, place, clock, signal, exchanges }
}

function dateOf(response: unknown): string | null {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return null
  const { headers } = response
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return null
  return typeof headers.date === 'string' ? headers.date : null
}

/** Ends a wait that does not end by itself: the search for credentials takes no signal. */
export async function within<T>(clock: Clock, work: Promise<T>, ms: number): Promise<T> {
  const over = new AbortController()
  const late = clock.sleep(ms, over.signal).then(() => {
    throw new DOMException(`no answer within ${ms / 1000} s`, 'TimeoutError')
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}
