import { readFile } from 'node:fs/promises'
import { errorMessage, StewardError } from '../../domain/errors.ts'
import type { Connection, ConnectionOptions, GitHubIdentity, GitHubPlace } from '../../github/connection.ts'
import type { App } from '../app.ts'

export type ConnectOptions = Pick<ConnectionOptions, 'version' | 'log' | 'maxWait' | 'retries'>

/** The host and the repository of an address of Git's: `https://…`, `ssh://…`, `git@host:owner/repo`. */
export function repositoryOf(
  url: string,
): { readonly host: string; readonly owner: string; readonly repo: string } | null {
  const match =
    /^(?:https?|ssh|git):\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(url) ??
    /^(?:[^@/]+@)?([^/:]+):([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(url)
  const [, host, owner, repo] = match ?? []
  return host === undefined || owner === undefined || repo === undefined ? null : { host, owner, repo }
}

/** Whether the daemon is to speak to GitHub: only where it was given an identity of its own. */
export function hasGitHubIdentity({ options }: App): boolean {
  const { githubTokenFile, githubAppId } = options.environment
  return githubTokenFile !== undefined || githubAppId !== undefined
}

/**
 * Connects to the repository on GitHub. The identity: a token's file, an App's key file, else, where a person or a
 * script asks, `GITHUB_TOKEN` or `GH_TOKEN`. The place: `GITHUB_REPOSITORY`, else the address of `origin`.
 */
export async function connectGitHub(app: App, options: ConnectOptions): Promise<Connection> {
  const [place, identity] = [await placeOf(app), await identityOf(app)]
  const { Connection } = await import('../../github/connection.ts')
  return new Connection({ ...options, ...place, identity })
}

async function placeOf(app: App): Promise<GitHubPlace> {
  const { variable } = app.options.environment
  const named = variable('GITHUB_REPOSITORY')?.split('/') ?? []
  const origin = await (await app.repository()).history.originUrl()
  const found = origin === null ? null : repositoryOf(origin)
  const [owner, repo] = named.length === 2 ? named : [found?.owner, found?.repo]
  if (!owner || !repo) {
    throw new StewardError('it is not known which repository on GitHub this is', {
      code: 'github_unknown',
      kind: 'user',
      hint: 'Give the repository a remote `origin`, or set GITHUB_REPOSITORY=owner/name.',
    })
  }
  const apiUrl = apiUrlOf(found?.host ?? 'github.com')
  return { owner, repo, apiUrl: variable('GITHUB_API_URL') ?? apiUrl }
}

/** github.com, an enterprise with data residency (`name.ghe.com`), or a server of its own. */
function apiUrlOf(host: string): string {
  if (host === 'github.com' || host === 'ssh.github.com') return 'https://api.github.com'
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `https://${host}/api/v3`
}

async function identityOf({ options }: App): Promise<GitHubIdentity> {
  const { githubTokenFile, githubAppId, githubAppKeyFile, githubInstallationId, variable } = options.environment
  if (githubTokenFile !== undefined) return { kind: 'token', token: await readSecret(githubTokenFile) }
  if (githubAppId !== undefined) {
    const installationId = Number(githubInstallationId)
    if (githubAppKeyFile === undefined || !Number.isInteger(installationId)) {
      throw unidentified('an App needs STEWARD_GITHUB_APP_KEY_FILE and STEWARD_GITHUB_INSTALLATION_ID too')
    }
    return { kind: 'app', appId: githubAppId, privateKey: await readSecret(githubAppKeyFile), installationId }
  }
  const token = variable('GITHUB_TOKEN') || variable('GH_TOKEN')
  if (token) return { kind: 'token', token }
  throw unidentified('there is no token for GitHub')
}

function unidentified(message: string): StewardError {
  return new StewardError(message, {
    code: 'github_denied',
    kind: 'user',
    hint: 'Set STEWARD_GITHUB_TOKEN_FILE to a file with a token, or GITHUB_TOKEN; docs/github.md says which it may be.',
  })
}

async function readSecret(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    throw new StewardError(`${file} can not be read: ${errorMessage(error)}`, { code: 'github_denied', kind: 'user' })
  }
}
