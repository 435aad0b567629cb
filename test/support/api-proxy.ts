import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface ApiRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body: string
  readonly authorization: string
}

/** What a request is answered with instead of being forwarded; `lost`: it is carried out, and nobody hears of it. */
export type ApiFault =
  { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } | 'lost'

/** An App's installation is no user (docs.github.com, "Get the authenticated user"); emulate 0.12.2 names its account. */
function mayNotAsk({ path, authorization }: ApiRequest): ApiFault | null {
  const isInstallation = /\bghs_/.test(authorization)
  return path === '/user' && isInstallation
    ? { status: 403, body: { message: 'Resource not accessible by integration' } }
    : null
}

/**
 * A loopback proxy in front of an API of GitHub's shape that notes requests and makes faults on demand. An emulator does
 * not hold the commits of the real repository: `sameCommit` lets one of its own stand for one of Git's.
 */
export class ApiProxy {
  readonly requests: ApiRequest[] = []
  /** Decides about every request; null lets all pass. */
  decide: ((request: ApiRequest) => ApiFault | null) | null = null
  /** The API behind has no list of all comments: it is gathered. */
  gathersComments = false
  /** Told of every answer of the API behind. */
  onAnswer: ((request: ApiRequest, status: number, body: string) => void) | null = null
  readonly #target: string
  /** Of Git, of the emulator. */
  readonly #commits = new Map<string, string>()
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => void response.destroy())
  })

  constructor(target: string) {
    this.#target = target
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Trees too. */
  sameCommit(theirs: string, ours: string): void {
    for (const [other, held] of this.#commits) if (held === theirs) this.#commits.delete(other)
    this.#commits.set(ours, theirs)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await buffer(incoming)).toString('utf8')
    const { method = 'GET', url: path = '/', headers } = incoming
    const request = { method, path, body, authorization: String(headers.authorization ?? '') }
    this.requests.push(request)
    const fault = this.decide?.(request) ?? mayNotAsk(request)
    if (fault !== null && fault !== 'lost') {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers })
      response.end(JSON.stringify(fault.body ?? { message: 'a fault on purpose' }))
      return
    }
    if (this.gathersComments && method === 'GET' && /\/issues\/comments\?/.test(path))
      return this.#allComments(request, response)
    const answer = await fetch(new URL(this.#theirs(path), this.#target), {
      method,
      headers: {
        authorization: request.authorization,
        accept: String(headers.accept ?? '*/*'),
        'content-type': String(headers['content-type'] ?? 'application/json'),
      },
      ...(method !== 'GET' &&
        method !== 'HEAD' &&
        body !== '' && { body: /\/check-runs|\/git\//.test(path) ? this.#theirs(body) : body }),
    })
    const text = this.#ours(await answer.text())
    this.onAnswer?.(request, answer.status, text)
    if (fault === 'lost') {
      response.socket?.resetAndDestroy()
      return
    }
    const type = answer.headers.get('content-type') ?? 'application/json'
    response.writeHead(answer.status, { 'content-type': type })
    response.end(text)
  }

  /** `GET …/issues/comments`, which emulate 0.12.2 takes for an issue's number: gathered from its pull requests. */
  async #allComments({ path, authorization }: ApiRequest, response: ServerResponse): Promise<void> {
    const [base = ''] = path.split('/comments?')
    const ask = async (at: string): Promise<readonly Record<string, unknown>[]> => {
      const answer = await fetch(new URL(at, this.#target), { headers: { authorization } })
      return (await answer.json()) as Record<string, unknown>[]
    }
    const issues = await ask(`${base.replace(/issues$/, 'pulls')}?state=all&per_page=100`)
    const comments = await Promise.all(
      issues.map(({ number }) => ask(`${base}/${String(number)}/comments?per_page=100`)),
    )
    const newest = comments.flat().sort((a, b) => (String(a.updated_at) < String(b.updated_at) ? 1 : -1))
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(this.#ours(JSON.stringify(newest.slice(0, 100))))
  }

  #theirs(text: string): string {
    return [...this.#commits].reduce((out, [ours, theirs]) => out.replaceAll(ours, theirs), text)
  }

  #ours(text: string): string {
    return [...this.#commits].reduce((out, [ours, theirs]) => out.replaceAll(theirs, ours), text)
  }
}
