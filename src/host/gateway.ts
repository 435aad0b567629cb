import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Choice, Wish } from './balancing.ts'
import { pause, type HostContext } from './context.ts'
import { callerPoint, headersForServer, inferenceIdOf, nameChoice, type Exchange } from './exchange.ts'
import { endToEndHeaders, endWith, forward, NoAnswer } from './forward.ts'
import { isListening } from './loopback.ts'
import { GatewayMetrics, outcomeOf, type ReadyReplicas } from './metrics.ts'
import { findModelPath } from './model-path.ts'
import { Refusal } from './refusal.ts'
import { refuseGarbage, replyError, replyJson, replyText } from './replies.ts'
import { takeBody, type RequestBody } from './request-body.ts'
import type { RunningDeployment, Target } from './running-deployment.ts'
import type { ServerProcess } from './server-process.ts'
import type { Supervisor } from './supervisor.ts'
import { TokenGuard } from './token-guard.ts'

/** Servers that a request is tried on at most. A count. */
const ATTEMPTS = 4
/** Servers that may die of the request, or reset it: one that kills its server must not kill them all. A count. */
const LOST = 2
/** How soon the end of a process is usually seen after its connections break. */
const END_SEEN_MS = 5
/** How late it may be seen on a busy machine: waited for where it decides, after a second connection broke. */
const END_SEEN_LATE_MS = 100
/** Servers of one version often die together, of something else than the request: so long it waits before the next. */
const DIE_TOGETHER_MS = 100
/** An answer up to so many bytes is taken whole: one write, and one that breaks off can still be told. */
const MAX_WHOLE = 64 * 1024

/** Routes requests to ready servers by the weights of their sets. */
export class Gateway {
  readonly #supervisor: Supervisor
  readonly #context: HostContext
  readonly #guard: TokenGuard
  readonly #metrics = new GatewayMetrics()
  #closing = false

  constructor(supervisor: Supervisor, context: HostContext) {
    this.#supervisor = supervisor
    this.#context = context
    this.#guard = new TokenGuard(context)
  }

  createServer(): Server {
    const limits = { headersTimeout: 15_000, requestTimeout: 600_000, keepAliveTimeout: 75_000 }
    const server = createServer(limits, (request, response) => {
      request.on('error', () => {})
      response.on('error', () => {})
      if (this.#closing) response.setHeader('connection', 'close')
      this.#answer(request, response).catch((error: unknown) => replyError(response, error))
    })
    return server.on('clientError', refuseGarbage)
  }

  /** From now on connections end with their present request. */
  close(): void {
    this.#closing = true
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '/').split(/(\?.*)/s)
    const { method } = request
    if (path === '/-/healthz') return replyText(response, 200, 'text/plain; charset=utf-8', 'ok\n')
    if (path === '/-/metrics') return replyText(response, 200, 'text/plain; version=0.0.4', this.#renderMetrics())
    const found = findModelPath(this.#supervisor, path, method)
    if (found === null) throw new Refusal(404, 'not_found', `no deployment serves ${path}`)
    const { deployment, asks } = found
    if (asks === 'ping') return this.#ping(response, deployment)
    const inferenceId = inferenceIdOf(request) ?? this.#context.ids.uuid()
    response.setHeader('x-inference-id', inferenceId)
    if (method !== 'POST') {
      response.setHeader('allow', 'POST')
      throw new Refusal(405, 'method_not_allowed', 'predictions are asked for with POST')
    }
    const gone = new AbortController()
    response.once('close', () => {
      // The reason of an abort is an error with its stack: only for who really went away.
      if (!response.writableFinished) gone.abort()
    })
    await this.#invoke({ request, response, deployment, query, inferenceId, gone: gone.signal })
  }

  #ping(response: ServerResponse, deployment: RunningDeployment): void {
    const ready = deployment.targets().some(({ weight, processes }) => weight > 0 && processes.length > 0)
    if (ready) return replyJson(response, 200, { status: 'ready' })
    throw new Refusal(503, 'not_ready', `no server of ${deployment.desired.key} is ready`)
  }

  async #invoke(exchange: Exchange): Promise<void> {
    const { request, response, deployment } = exchange
    const { clock } = this.#context
    const { auth } = deployment.desired.body
    const began = clock.monotonic()
    let used: Choice | null = null
    try {
      if (auth !== null) await this.#guard.check(request, auth)
      const body = await takeBody(request)
      await this.#tryServers(exchange, body, (choice) => {
        used = choice
        nameChoice(response, choice)
      })
    } catch (error) {
      if (!response.destroyed) replyError(response, error)
    } finally {
      const outcome = response.writableEnded ? outcomeOf(response.statusCode) : 'aborted'
      this.#observe(deployment, used, outcome, (clock.monotonic() - began) / 1000)
    }
  }

  #observe(deployment: RunningDeployment, used: Choice | null, outcome: string, seconds: number): void {
    this.#metrics.observe({
      deployment: deployment.desired.key,
      modelVersion: used === null ? '' : String(used.target.modelVersion),
      deploymentId: used?.target.setId ?? '',
      outcome,
      seconds,
    })
  }

  /** Tries servers until one begins to answer; whatever goes wrong afterwards is the client's to see. */
  async #tryServers(exchange: Exchange, body: RequestBody, note: (choice: Choice) => void): Promise<void> {
    const { clock, timings } = this.#context
    const avoided = new Set<ServerProcess>()
    const deadline = clock.monotonic() + timings.waitForReadyMs
    const point = callerPoint(exchange)
    let before: string | null = null
    let fresh = false
    const losses: Loss[] = []
    for (let attempt = 1; ; attempt += 1) {
      const choice = await this.#chooseServer(exchange, { avoided, point, before }, deadline)
      before = choice.target.setId
      note(choice)
      const finish = choice.server.beginRequest()
      try {
        const message = await this.#send(exchange, body, choice.server, fresh)
        return await this.#passOn(exchange, message)
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
        if (error.again && !error.refused) losses.push({ server: choice.server, reused: error.reused })
        const lost = await this.#serversLost(losses)
        const given = lost.size >= LOST || attempt >= ATTEMPTS || exchange.gone.aborted
        if (body.kind === 'flow' || !error.again || given) {
          throw new Refusal(error.late ? 504 : 502, 'no_answer', `the server did not answer: ${error.message}`)
        }
        if (!error.reused || lost.has(choice.server)) avoided.add(choice.server)
        if (lost.has(choice.server)) await pause(clock, DIE_TOGETHER_MS, exchange.gone)
        fresh = true
      } finally {
        finish()
      }
    }
  }

  /** An old connection may have been closing anyway: only the end of its server tells. */
  async #serversLost(losses: readonly Loss[]): Promise<Set<ServerProcess>> {
    const lost = new Set<ServerProcess>()
    const patienceMs = losses.length > 1 ? END_SEEN_LATE_MS : END_SEEN_MS
    for (const { server, reused } of losses)
      if (!reused || (await this.#endsWithin(server, patienceMs))) lost.add(server)
    return lost
  }

  /** Its end may be told late, by a process that launched it for instance; but what has ended no longer listens. */
  async #endsWithin(server: ServerProcess, ms: number): Promise<boolean> {
    const { clock } = this.#context
    const deadline = clock.monotonic() + ms
    do {
      await pause(clock, END_SEEN_MS, server.ended)
      if (server.ended.aborted || !(await isListening(server.port))) return true
    } while (clock.monotonic() < deadline)
    return false
  }

  /** Waits a moment for a server that is about to be ready, for instance after a crash. */
  async #chooseServer(exchange: Exchange, wish: Wish, deadline: number): Promise<Choice> {
    const { clock } = this.#context
    const { deployment, gone } = exchange
    for (;;) {
      const choice = deployment.balancer.choose(deployment.targets(), wish)
      if (choice !== null) return choice
      const left = deadline - clock.monotonic()
      // A server that just failed may not have been seen to end yet.
      if (gone.aborted || left <= 0 || !(deployment.promising || wish.avoided.size > 0)) {
        throw new Refusal(503, 'not_ready', `no server of ${deployment.desired.key} is ready`)
      }
      await deployment.changes.next(clock, left, gone)
    }
  }

  async #send(exchange: Exchange, body: RequestBody, server: ServerProcess, fresh: boolean): Promise<IncomingMessage> {
    const { query, gone } = exchange
    const headers = headersForServer(exchange)
    const silenceMs = this.#context.timings.answerTimeoutMs
    const path = `/invocations${query}`
    const message = await forward({ server, path, headers, body, fresh, silenceMs, signal: gone })
    server.noteAnswer()
    return message
  }

  async #passOn({ response, inferenceId }: Exchange, message: IncomingMessage): Promise<void> {
    const length = Number(message.headers['content-length'] ?? Number.NaN)
    const whole = length <= MAX_WHOLE ? await takeWhole(message) : null
    response.writeHead(message.statusCode ?? 502, {
      ...endToEndHeaders(message),
      // Again, so that a server can not say something else.
      'x-model-version': response.getHeader('x-model-version'),
      'x-deployment-id': response.getHeader('x-deployment-id'),
      'x-inference-id': inferenceId,
      ...(this.#closing ? { connection: 'close' } : {}),
    })
    if (whole !== null) return endWith(response, whole)
    try {
      await pipeline(message, response)
    } catch {
      // Its headers are out: a broken connection is the only way to say that the answer is not whole.
      response.destroy()
    }
  }

  #renderMetrics(): string {
    const deployments = this.#supervisor.list()
    this.#metrics.keepOnly(new Set(deployments.map(({ desired }) => desired.key)))
    const ready = deployments.flatMap((deployment) =>
      deployment.targets().map((target): ReadyReplicas => readyOf(deployment.desired.key, target)),
    )
    return this.#metrics.render(ready)
  }
}

/** A server that broke off while it had the request. */
interface Loss {
  readonly server: ServerProcess
  readonly reused: boolean
}

/** All of a short answer. One that breaks off has not been passed on yet: the client is told so. */
async function takeWhole(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      if (!message.complete) reject(new Refusal(502, 'no_answer', 'the answer of the server broke off'))
    }
    message.on('data', (part: Buffer) => parts.push(part))
    message.once('end', () => resolve(parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)))
    message.once('error', ended).once('close', ended)
  })
}

function readyOf(deployment: string, { modelVersion, setId, processes }: Target): ReadyReplicas {
  return { deployment, modelVersion: String(modelVersion), deploymentId: setId, ready: processes.length }
}
