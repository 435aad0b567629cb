import { StewardError, errorMessage } from '../domain/errors.ts'
import type { Clock } from '../domain/ports.ts'
import { type EngineAnswer, type EngineProcess, type EngineRequest, neverSent } from './engine-process.ts'
import type { End } from './lock.ts'

export interface SupervisorOptions {
  readonly clock: Clock
  /** Whether the first life has to compare indexes with tables. Every later one follows a crash and does. */
  readonly repair: boolean
  start(repair: boolean): Promise<EngineProcess>
  onMessage(message: string): void
}

/** The engine over all its lives. */
export interface Supervisor {
  /** The first engine, however long its repair takes: `failed` tells the other outcome. */
  readonly first: Promise<EngineProcess>
  send(request: EngineRequest): Promise<EngineAnswer>
  /** Rejects when the engine can't be started any more; never resolves. */
  readonly failed: Promise<never>
  stop(): Promise<End>
}

const START_ATTEMPTS = 4
const START_PAUSE_MS = 200
/** A request takes milliseconds. One that takes this long hangs the engine for everyone. */
const ANSWER_MS = 30_000
const RESTART_PATIENCE_MS = 20_000
const STOP_PATIENCE_MS = 10_000

const READS: ReadonlySet<string> = new Set(
  'BatchGetItem DescribeTable DescribeTimeToLive GetItem ListTables ListTagsOfResource Query Scan'.split(' '),
)

/** Keeps an engine running: after an end that nobody asked for the next one starts. */
export function superviseEngine(options: SupervisorOptions): Supervisor {
  let stopping = false
  let life = startWithPatience(options, options.repair, () => stopping)
  let fail: (error: unknown) => void = () => undefined
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => undefined)

  const watch = (starting: Promise<EngineProcess>): void => {
    starting.then(
      async (engine) => {
        const code = await engine.ended
        if (stopping) return
        options.onMessage(
          `the DynamoDB engine ended (${code === null ? 'killed' : `exit code ${code}`}), starting it again`,
        )
        life = startWithPatience(options, true, () => stopping)
        watch(life)
      },
      (error: unknown) => fail(error),
    )
  }
  watch(life)

  const current = (): Promise<EngineProcess> => within(life, RESTART_PATIENCE_MS, options.clock)
  return {
    first: life,
    failed,
    send: (request) => sendWithRetry(current, request, options.clock),
    stop: () => {
      stopping = true
      return stopEngine(life, options.clock)
    },
  }
}

async function startWithPatience(
  options: SupervisorOptions,
  repair: boolean,
  stopping: () => boolean,
): Promise<EngineProcess> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const engine = await options.start(repair)
      const { rewritten, deleted } = engine
      if (rewritten + deleted > 0) {
        options.onMessage(`indexes repaired: ${rewritten} entries rewritten, ${deleted} deleted`)
      }
      return engine
    } catch (error) {
      if (attempt >= START_ATTEMPTS || stopping()) throw error
      options.onMessage(errorMessage(error))
      await options.clock.sleep(START_PAUSE_MS * attempt)
    }
  }
}

/** A write that may have reached a dying engine is not sent again: its own first try could refuse its condition. */
async function sendWithRetry(
  current: () => Promise<EngineProcess>,
  request: EngineRequest,
  clock: Clock,
): Promise<EngineAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const engine = await current()
    try {
      return await within(engine.send(request), ANSWER_MS, clock)
    } catch (error) {
      if (error instanceof LateError) engine.kill()
      // The end of the process is told after the ends of its connections.
      await within(engine.ended, 1_000, clock).catch(() => undefined)
      const again = neverSent(error) || (READS.has(request.operation) && !(error instanceof LateError))
      if (again && attempt < 2) continue
      throw new StewardError('the DynamoDB engine ended before it answered', {
        code: 'store_engine',
        retry: 'backoff',
        cause: error,
      })
    }
  }
}

async function stopEngine(life: Promise<EngineProcess>, clock: Clock): Promise<End> {
  let engine: EngineProcess
  try {
    engine = await life
  } catch {
    return 'unclean'
  }
  engine.stop()
  try {
    return (await within(engine.ended, STOP_PATIENCE_MS, clock)) === 0 ? 'clean' : 'unclean'
  } catch {
    engine.kill()
    await engine.ended
    return 'unclean'
  }
}

class LateError extends Error {}

async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T> {
  const timer = new AbortController()
  try {
    const late = clock.sleep(ms, timer.signal).then(() => Promise.reject(new LateError('the engine did not answer')))
    late.catch(() => undefined)
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
  }
}
