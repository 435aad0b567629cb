import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { App } from '../app/app.ts'
import { catalogRoot } from '../app/catalog-root.ts'
import { readEnvironment } from '../app/environment.ts'
import { errorMessage, StewardError } from '../domain/errors.ts'
import { Connection } from '../github/connection.ts'
import type { GitAuthorization } from '../source/history.ts'
import { systemPorts } from '../system/ports.ts'
import { readEvent, type ActionEvent } from './event.ts'
import { readInputs, type Inputs } from './inputs.ts'
import type { Runner } from './runner.ts'

export type Variables = Readonly<Record<string, string | undefined>>

/** Everything that a step works with. */
export interface Step {
  readonly inputs: Inputs
  readonly event: ActionEvent
  readonly app: App
  readonly runner: Runner
  readonly signal: AbortSignal
  /** Null without a token, and for pull requests of forks, whose token may write nothing. */
  readonly github: Connection | null
  /** `https://github.com/owner/repo`. */
  readonly repositoryUrl: string
  readonly runUrl: string | null
  /** `refs/heads/main` as the run sees it. */
  readonly ref: string
  /** The branch that is applied; null where the event does not name it. */
  readonly defaultBranch: string | null
  /** For files that outlive the step: the plan, the summary. */
  readonly temp: string
}

export async function openStep(
  variables: Variables,
  options: { readonly runner: Runner; readonly signal: AbortSignal; readonly version: string },
): Promise<Step> {
  const { runner, signal, version } = options
  const inputs = readInputs(variables)
  const payload = await readPayload(variables.GITHUB_EVENT_PATH)
  const event = readEvent(variables.GITHUB_EVENT_NAME ?? '', payload)
  const workspace = variables.GITHUB_WORKSPACE ?? process.cwd()
  const temp = variables.RUNNER_TEMP ?? join(workspace, '.steward')
  const { environment, warnings } = readEnvironment({ ...variables, NO_COLOR: '1' })
  for (const warning of warnings) runner.warning(warning)
  const server = (variables.GITHUB_SERVER_URL ?? 'https://github.com').replace(/\/+$/, '')
  const app = new App({
    gitAuthorization: authorizationOf(inputs.token, server, variables),
    repo: join(workspace, inputs.workingDirectory),
    root: catalogRoot(inputs.root),
    stateDir: join(temp, 'steward'),
    environment,
    ...systemPorts(),
    storeCommand: () => {
      throw new StewardError('there is no embedded store in a workflow', { code: 'tables_embedded', kind: 'user' })
    },
  })
  const repository = variables.GITHUB_REPOSITORY ?? ''
  const run = variables.GITHUB_RUN_ID
  const isFork = event.kind === 'pull_request' && event.fork
  return {
    ...{ inputs, event, app, runner, signal, temp },
    github: isFork ? null : connectionOf(variables, { inputs, version, runner }),
    repositoryUrl: `${server}/${repository}`,
    runUrl: run === undefined ? null : `${server}/${repository}/actions/runs/${run}`,
    ref: variables.GITHUB_REF ?? '',
    defaultBranch: branchOf(payload),
  }
}

/** As actions/checkout gives the token to git, where it was told to keep it; by a variable, which no list of processes shows. */
function authorizationOf(token: string | null, server: string, variables: Variables): GitAuthorization | null {
  if (token === null) return null
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  const config = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${server}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
    GIT_TERMINAL_PROMPT: '0',
  }
  return { environment: { ...variables, ...config } }
}

function connectionOf(
  variables: Variables,
  { inputs, version, runner }: { readonly inputs: Inputs; readonly version: string; readonly runner: Runner },
): Connection | null {
  const [owner, repo] = (variables.GITHUB_REPOSITORY ?? '').split('/')
  if (inputs.token === null || !owner || !repo) return null
  return new Connection({
    ...{ owner, repo, version },
    apiUrl: variables.GITHUB_API_URL ?? 'https://api.github.com',
    identity: { kind: 'token', token: inputs.token },
    log: (text) => runner.log(text),
  })
}

async function readPayload(path: string | undefined): Promise<unknown> {
  if (path === undefined) return {}
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new StewardError(`the event can not be read: ${errorMessage(error)}`, { code: 'event_refused' })
  }
}

function branchOf(payload: unknown): string | null {
  const repository = (payload as { readonly repository?: { readonly default_branch?: unknown } } | null)?.repository
  return typeof repository?.default_branch === 'string' ? repository.default_branch : null
}
