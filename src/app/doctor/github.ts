import { StewardError } from '../../domain/errors.ts'
import { shortText } from '../../domain/short-text.ts'
import type { Connection } from '../../github/connection.ts'
import type { App } from '../app.ts'
import { connectGitHub, hasGitHubIdentity, repositoryOf } from '../pull-requests/connect.ts'
import { guarded, hintOf, ok, skipped, warning, type Check } from './check.ts'
import { codeOwnersCheck, workflowsCheck } from './repository-files.ts'

const REPOSITORY = 'github'
const RULES = 'branch rules'
const OWNERS = 'code owners'
const WORKFLOWS = 'workflows'
/** For all questions to GitHub. */
const GITHUB_MS = 10_000
const SHOWN_ERRORS = 3

export interface GitHubWork {
  readonly version: string
  readonly signal: AbortSignal
}

/** Whether the repository on GitHub holds what a review is worth. Asked only by whoever brings an identity. */
export async function githubChecks(app: App, { version, signal }: GitHubWork): Promise<readonly Check[]> {
  const whyNot = await whyNotAsked(app).catch(() => 'not asked: the repository can not be read')
  if (whyNot !== null) return [skipped(REPOSITORY, whyNot)]
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(GITHUB_MS)])
  const { check, asked } = await reach(app, version, bounded)
  if (check.level === 'skipped') return [check]
  const rest = await Promise.all([
    asked === null ? skipped(RULES, 'GitHub is not reached') : looked(RULES, bounded, () => branchCheck(asked)),
    looked(OWNERS, bounded, () => ownersCheck(app, asked)),
    guarded(WORKFLOWS, () => workflowsCheck(app)),
  ])
  return [check, ...rest]
}

/** Why GitHub is not asked, and what would change that; null where it is. */
async function whyNotAsked(app: App): Promise<string | null> {
  const { variable } = app.options.environment
  const isOwn = hasGitHubIdentity(app)
  if (!isOwn && !variable('GITHUB_TOKEN') && !variable('GH_TOKEN')) {
    return 'not asked: set STEWARD_GITHUB_TOKEN_FILE to a file with a token, or GITHUB_TOKEN'
  }
  const { history } = await app.repository()
  // A token of the shell is for github.com unless a variable says more: no other host is shown it because a remote names it.
  if (isOwn || variable('GITHUB_API_URL')) return null
  const origin = await history.originUrl()
  const host = origin === null ? null : (repositoryOf(origin)?.host ?? null)
  if (host === null || host === 'github.com') return null
  return `not asked: \`origin\` is on ${host}; set GITHUB_API_URL if GITHUB_TOKEN is for the GitHub there`
}

interface Asked {
  readonly connection: Connection
  readonly branch: string
  readonly signal: AbortSignal
}

interface Reached {
  readonly check: Check
  /** Null where GitHub did not answer: then it is asked nothing more. */
  readonly asked: Asked | null
}

async function reach(app: App, version: string, signal: AbortSignal): Promise<Reached> {
  try {
    const connection = await connectGitHub(app, { version, log: () => undefined, maxWait: 0, retries: 1 })
    const { defaultBranch } = await import('../../github/protections.ts')
    const branch = await inTime(defaultBranch(connection, signal), signal)
    const { owner, repo } = connection.place
    const check = ok(REPOSITORY, `${owner}/${repo} is reachable; its default branch is ${branch}`)
    return { check, asked: { connection, branch, signal } }
  } catch (error) {
    const isUnnamed = error instanceof StewardError && error.code === 'github_unknown'
    if (!isUnnamed) return { check: await failure(REPOSITORY, error), asked: null }
    return { check: skipped(REPOSITORY, `not asked: ${error.message}; set GITHUB_REPOSITORY=owner/name`), asked: null }
  }
}

async function branchCheck({ connection, branch, signal }: Asked): Promise<Check> {
  const { branchProtections, missingProtections } = await import('../../github/protections.ts')
  const { found, unread } = await branchProtections(connection, branch, signal)
  const permission = 'rulesets need Metadata: read, branch protection Administration: read'
  if (found === null) {
    const plan = 'in a private repository also a plan that has them'
    return skipped(RULES, `what ${branch} requires can not be read (${unread.join(' and ')}): ${permission}, ${plan}`)
  }
  const missing = missingProtections(found)
  if (missing.length === 0) {
    const push = found.lastPushApproved ? ', the last push approved by somebody else' : ''
    const reviews = `${found.approvals} approval${found.approvals === 1 ? '' : 's'}, code owner review${push}`
    return ok(RULES, `${branch}: pull requests with ${reviews}; status checks; no force push`)
  }
  const lacking = unread.length === 0 ? '' : ` ${unread.join(' and ')} can not be read and may add some: ${permission}.`
  const help = `Switch it on by a ruleset for ${branch} (Settings, Rules, Rulesets); docs/github.md shows it.`
  return warning(RULES, `missing for ${branch}: ${missing.join(', ')}`, `${help}${lacking}`)
}

/** The file as it is at HEAD, and what GitHub says about the one that it has. */
async function ownersCheck(app: App, asked: Asked | null): Promise<Check> {
  const own = await guarded(OWNERS, () => codeOwnersCheck(app))
  if (asked === null) return own
  const { codeOwnersErrors } = await import('../../github/protections.ts')
  const errors = (await codeOwnersErrors(asked.connection, asked.signal)) ?? []
  if (errors.length === 0) return own
  const shown = errors.slice(0, SHOWN_ERRORS).map(({ line, kind }) => `line ${line}: ${kind}`)
  const more = errors.length > shown.length ? `; and ${errors.length - shown.length} more` : ''
  const seen = `GitHub skips lines of CODEOWNERS on ${asked.branch}: ${shown.join('; ')}${more}`
  const suggestion = errors.find((error) => error.suggestion !== null)?.suggestion ?? null
  const help = suggestion === null ? 'An owner needs write access; a team has to be visible.' : shortText(suggestion)
  if (own.level === 'ok') return warning(OWNERS, seen, help)
  return warning(OWNERS, `${own.message}; ${seen}`, [own.help, help].filter((text) => text !== null).join(' '))
}

async function looked(name: string, signal: AbortSignal, work: () => Promise<Check>): Promise<Check> {
  try {
    return await inTime(work(), signal)
  } catch (error) {
    return failure(name, error)
  }
}

/** The exchange of an App's key for a token knows no signal: nobody waits for it longer than for the rest. */
async function inTime<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      const end = (): void => reject(signal.reason)
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    }),
  ])
}

async function failure(name: string, error: unknown): Promise<Check> {
  const { statusOf } = await import('../../github/connection.ts')
  const isOurs = error instanceof StewardError && error.cause === undefined
  if (isOurs || statusOf(error) !== null) {
    return { name, level: 'warning', message: shortText(error), help: hintOf(error) }
  }
  // What fails on the way to GitHub may quote the request with its token, or an address with its password.
  const help = 'Look at GITHUB_API_URL, at the token or the key of the App, and at proxies and firewalls between.'
  return warning(name, `no answer from GitHub (${codeOf(error)})`, help)
}

/** The innermost code of a system or TLS error, else the outermost name that says something. */
function codeOf(error: unknown): string {
  const chain: Error[] = []
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) chain.push(each)
  const codes = chain.map((each) => ('code' in each && typeof each.code === 'string' ? each.code : ''))
  const code = codes.findLast((text) => /^[A-Z][A-Z0-9_]+$/.test(text))
  if (code !== undefined) return code
  const late = chain.some(({ name }) => name === 'TimeoutError' || name === 'AbortError')
  return late ? 'not in time' : (chain.at(-1)?.name ?? 'unknown')
}
