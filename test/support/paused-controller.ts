import { readFileSync } from 'node:fs'
import type { CrashWorld, Started } from './crash-world.ts'
import { faultProxy, type ProxiedRequest } from './fault-proxy.ts'
import type { StoredItem } from './stored-items.ts'
import { until } from './waiting.ts'

/** Short, as successors wait for it; long enough for a slow machine to renew it in time. */
const LEASE = '3s'

/** A controller that does not run any more, with a decision of its own that has not taken effect. */
export interface Paused {
  readonly run: Started
  /** Lets the request land and the process go on, until it has ended. */
  goOn(): Promise<void>
}

/** Stops `steward apply` by SIGSTOP while its n-th write is on the wire; null where it makes fewer. */
export async function pausedWithWriteInFlight(
  world: CrashWorld,
  store: string,
  number: number,
): Promise<Paused | null> {
  const proxy = await faultProxy(store)
  const reached = Promise.withResolvers<'held'>()
  const released = Promise.withResolvers<void>()
  const begin = (): Started => {
    let writes = 0
    proxy.decide = (request) => {
      if (!isCountedWrite(request) || (writes += 1) !== number) return null
      reached.resolve('held')
      return { kind: 'held', until: released.promise }
    }
    return world.apply({ endpoint: proxy.url, lease: LEASE })
  }
  const run = await untilReached(begin, () => reached.promise)
  if (run === null) {
    await proxy.close()
    return null
  }
  run.process.kill('SIGSTOP')
  return {
    run,
    goOn: async () => {
      released.resolve()
      await proxy.idle()
      run.process.kill('SIGCONT')
      await run.ended
      await proxy.close()
    },
  }
}

/** `steward apply` that stops itself between its check of the lease and the call; null where it never gets there. */
export async function pausedBefore(world: CrashWorld, call: string): Promise<Paused | null> {
  const begin = (): Started => world.apply({ lease: LEASE, harness: { HARNESS_PAUSE: call } })
  const run = await untilReached(begin, ({ pid }) => until('it is stopped', () => stateOf(pid) === 'T', 60_000))
  if (run === null) return null
  return {
    run,
    goOn: async () => {
      run.process.kill('SIGCONT')
      await run.ended
    },
  }
}

/** A run that has got where it is to be stopped; null where one ends well before. On a busy machine it may fail first. */
async function untilReached(
  begin: () => Started,
  reached: (run: Started) => Promise<unknown>,
): Promise<Started | null> {
  let problem = ''
  for (let tries = 1; tries <= 3; tries += 1) {
    const run = begin()
    const there = reached(run).then(() => 'there' as const)
    there.catch(() => undefined)
    const first = await Promise.race([there, run.ended])
    if (first === 'there') return run
    if (first.code === 0) return null
    problem = `apply ended with ${first.code}: ${first.err}`
    if (!first.err.includes('the lease was lost')) break
  }
  throw new Error(problem)
}

/** The successor takes over and ends, the paused one goes on; gives what was there before and after the latter did. */
export async function succeeded(
  world: CrashWorld,
  paused: Paused,
): Promise<{ readonly before: StoredItem[]; readonly after: StoredItem[] }> {
  try {
    await world.applyHere()
    const before = await world.items()
    await paused.goOn()
    return { before, after: await world.items() }
  } finally {
    // Where something failed, nothing of it may stay behind.
    paused.run.process.kill('SIGKILL')
  }
}

/** Items of the successor which look different afterwards, although the paused one did not lead again by right. */
export function overwritten({ before, after }: { before: StoredItem[]; after: StoredItem[] }): string[] {
  const [lease, leaseAfter] = [leaseOf(before), leaseOf(after)]
  // There was nothing to succeed in, or the write was that of the lease: sent again, it found a free one.
  if (lease?.epoch !== leaseAfter?.epoch || !String(lease?.holder).endsWith(`:${process.pid}`)) return []
  const now = new Map(after.map(({ key, item }) => [key, JSON.stringify(item)]))
  return before
    .filter(({ key, item }) => item.fence === lease?.epoch && now.get(key) !== JSON.stringify(item))
    .map(({ key, item }) => `${key}: ${JSON.stringify(item)} became ${now.get(key) ?? 'nothing'}`)
}

function leaseOf(items: readonly StoredItem[]): StoredItem['item'] | undefined {
  return items.find(({ item }) => item.pk === 'lease#writer')?.item
}

/** How often the lease is renewed depends on time: these writes are not counted. */
function isCountedWrite({ operation, body }: ProxiedRequest): boolean {
  if (operation !== 'PutItem') return false
  const { Item } = JSON.parse(body.toString()) as {
    Item: Record<string, { S?: string; N?: string; BOOL?: boolean } | undefined>
  }
  const renewal = Item.pk?.S === 'lease#writer' && Item.beat?.N !== '0' && Item.released?.BOOL === false
  return !renewal
}

function stateOf(pid: number): string | undefined {
  // After the name in parentheses, which may hold anything.
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .at(0)
}
