import { createAppAuth } from '@octokit/auth-app'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { shortText } from '../domain/short-text.ts'

/** Who asks: a token of any kind, or a GitHub App with its private key. */
export type GitHubIdentity =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'app'
      readonly appId: string
      readonly privateKey: string
      readonly installationId: number
    }

export interface GitHubPlace {
  readonly owner: string
  readonly repo: string
  /** `https://api.github.com`, or `https://HOST/api/v3` of a GitHub Enterprise Server. */
  readonly apiUrl: string
}

export interface ConnectionOptions extends GitHubPlace {
  readonly identity: GitHubIdentity
  readonly version: string
  /** Told of what is waited for, and of what could not be done. */
  readonly log: (text: string) => void
  /** Seconds that a rate limit may hold up a request. */
  readonly maxWait?: number
  /** How often a request is tried again that found no answer, or a server in trouble. */
  readonly retries?: number
}

export type Api = Octokit['rest']

const API_VERSION = '2022-11-28'
const REQUEST_MS = 30_000
const MAX_WAIT_SECONDS = 90
const LIMIT_RETRIES = 2

const Client = Octokit.plugin(throttling, retry)

/** A connection to one repository, and how many requests have gone over it. */
export class Connection {
  readonly place: GitHubPlace
  readonly #client: Octokit
  #requests = 0

  constructor(options: ConnectionOptions) {
    requireToken(options.identity)
    const { identity, apiUrl, owner, repo, version, log, maxWait = MAX_WAIT_SECONDS, retries = 3 } = options
    this.place = { owner, repo, apiUrl }
    const onLimit = (kind: string) => (seconds: number, _request: object, _client: unknown, tries: number) => {
      const again = tries < LIMIT_RETRIES && seconds <= maxWait
      log(`GitHub limits requests (${kind}): ${again ? `waiting ${seconds} s` : `not waiting ${seconds} s`}`)
      return again
    }
    const request = {
      fetch: (url: string, init: RequestInit) => {
        this.#requests += 1
        const limit = AbortSignal.timeout(REQUEST_MS)
        return fetch(url, { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit })
      },
    }
    const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
    this.#client = new Client({
      ...(identity.kind === 'token'
        ? { auth: identity.token }
        : {
            authStrategy: createAppAuth,
            auth: { appId: identity.appId, privateKey: identity.privateKey, installationId: identity.installationId },
          }),
      baseUrl: apiUrl.replace(/\/+$/, ''),
      userAgent: `model-steward/${version}`,
      log: silent,
      request,
      retry: { retries },
      throttle: { onRateLimit: onLimit('rate limit'), onSecondaryRateLimit: onLimit('secondary limit') },
    })
    // Unversioned requests move on to versions without fields that are needed here (docs.github.com, "API versions").
    this.#client.hook.before('request', ({ headers }) => {
      headers['x-github-api-version'] = API_VERSION
    })
    this.#client.hook.wrap('request', (send, options) => waitingAsAsked(() => send(options), maxWait, log))
  }

  get requests(): number {
    return this.#requests
  }

  /** Runs a call of the API; what fails is told as an error with what to do. */
  async call<Result>(what: string, work: (api: Api, place: { owner: string; repo: string }) => Promise<Result>) {
    const { owner, repo } = this.place
    try {
      return await work(this.#client.rest, { owner, repo })
    } catch (error) {
      throw apiError(what, error)
    }
  }
}

/** A header holds one line: a token with more would be quoted, whole, by the error of whoever sends it. */
function requireToken(identity: GitHubIdentity): void {
  if (identity.kind !== 'token' || /^[\x21-\x7e]+$/.test(identity.token)) return
  throw new StewardError('the token for GitHub is not one word of letters, digits and signs', {
    code: 'github_denied',
    kind: 'user',
    hint: 'Look at the file or the variable that holds it; it may hold several lines.',
  })
}

/** A 429, or a 403 that names a time, is answered by waiting that long, once. The plugins read other signs. */
async function waitingAsAsked<Answer>(
  send: () => Answer | Promise<Answer>,
  maxWait: number,
  log: (text: string) => void,
): Promise<Answer> {
  try {
    return await send()
  } catch (error) {
    const seconds = retryAfter(error)
    if (seconds === null || seconds > maxWait) throw error
    log(`GitHub asks for ${seconds} s of patience`)
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    return send()
  }
}

function retryAfter(error: unknown): number | null {
  const status = statusOf(error)
  if (status !== 429 && status !== 403) return null
  const response = (error as { readonly response?: { readonly headers?: Record<string, unknown> } }).response
  const seconds = Number(response?.headers?.['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null
}

/** The HTTP status of a failed call; null where there was no answer. */
export function statusOf(error: unknown): number | null {
  if (error instanceof StewardError) return statusOf(error.cause)
  if (typeof error !== 'object' || error === null || !('status' in error)) return null
  const answered = 'response' in error && error.response !== undefined
  return answered && typeof error.status === 'number' ? error.status : null
}

/** Whether it was refused for want of a permission: GitHub answers 403, or 404 where nothing is to be seen; 403 is a limit too. */
export function isRefused(error: unknown): boolean {
  const status = statusOf(error)
  if (status === 404) return true
  const cause = error instanceof StewardError ? error.cause : error
  const headers =
    (cause as { readonly response?: { readonly headers?: Record<string, unknown> } }).response?.headers ?? {}
  const isLimit = headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined
  return status === 403 && !isLimit && !/\bsecondary rate\b/i.test(errorMessage(cause))
}

const hints: Readonly<Record<number, readonly [string, string]>> = {
  401: ['github_denied', 'The token is wrong or has expired.'],
  403: ['github_denied', 'Give the workflow, the token or the App the permission; docs/github.md lists them.'],
  404: ['github_missing', 'Look at the repository’s name, and whether the token may see it.'],
  422: ['github_refused', 'GitHub refuses the content.'],
  429: ['github_limited', 'Too many requests: it is tried again at the next run.'],
}

function apiError(what: string, error: unknown): StewardError {
  if (error instanceof StewardError) return error
  const status = statusOf(error)
  const [code, hint] = (status === null ? undefined : hints[status]) ?? ['github_unreachable', undefined]
  const answer = status === null ? 'no answer' : String(status)
  return new StewardError(`GitHub: ${what}: ${answer}: ${shortText(errorMessage(error))}`, {
    code,
    ...(hint !== undefined && { hint }),
    cause: error,
  })
}
