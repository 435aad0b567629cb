import leven from 'leven'

/** Settings that may come from the environment; flags win over them, documents give way. */
export interface Environment {
  readonly repo: string | undefined
  readonly root: string | undefined
  readonly stateDir: string | undefined
  readonly logLevel: string | undefined
  readonly dynamodbEndpoint: string | undefined
  readonly tablePrefix: string | undefined
  readonly artifactsUri: string | undefined
  readonly leaseMs: string | undefined
  readonly interval: string | undefined
  readonly listen: string | undefined
  readonly hostControl: string | undefined
  readonly hostTokenFile: string | undefined
  readonly githubTokenFile: string | undefined
  readonly githubAppId: string | undefined
  readonly githubAppKeyFile: string | undefined
  readonly githubInstallationId: string | undefined
  readonly path: string
  readonly noColor: boolean
  readonly ci: boolean
  /** Whether AWS credentials are named; else a loopback endpoint gets fixed ones. */
  readonly awsCredentials: boolean
  /** Any variable, for references `env:NAME`. A function, so that what prints the environment prints no secret. */
  readonly variable: (name: string) => string | undefined
}

const names: Readonly<Record<string, keyof Environment>> = {
  STEWARD_REPO: 'repo',
  STEWARD_ROOT: 'root',
  STEWARD_STATE_DIR: 'stateDir',
  STEWARD_LOG_LEVEL: 'logLevel',
  STEWARD_DYNAMODB_ENDPOINT: 'dynamodbEndpoint',
  STEWARD_TABLE_PREFIX: 'tablePrefix',
  STEWARD_ARTIFACTS_URI: 'artifactsUri',
  STEWARD_LEASE: 'leaseMs',
  STEWARD_INTERVAL: 'interval',
  STEWARD_LISTEN: 'listen',
  STEWARD_HOST_CONTROL: 'hostControl',
  STEWARD_HOST_TOKEN_FILE: 'hostTokenFile',
  STEWARD_GITHUB_TOKEN_FILE: 'githubTokenFile',
  STEWARD_GITHUB_APP_ID: 'githubAppId',
  STEWARD_GITHUB_APP_KEY_FILE: 'githubAppKeyFile',
  STEWARD_GITHUB_INSTALLATION_ID: 'githubInstallationId',
}
/** Read by parts that come later; named here so that they are no warning. */
const reserved = ['STEWARD_S3_ENDPOINT', 'STEWARD_WEBHOOK_SECRET_FILE']
/** What Kubernetes injects for a Service called `steward` (kubernetes.io, "Service", environment variables). */
const injected = /^STEWARD_(SERVICE_(HOST|PORT)|SERVICE_PORT_\w+|PORT|PORT_\d+_\w+)$/

/** Reads the environment once, at the edge. An unknown `STEWARD_*` is a warning with the nearest name. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): {
  environment: Environment
  warnings: string[]
} {
  const known = [...Object.keys(names), ...reserved]
  const unknown = Object.keys(variables).filter(
    (name) => name.startsWith('STEWARD_') && !known.includes(name) && !injected.test(name),
  )
  const value = (name: string): string | undefined => {
    const text = variables[name]
    return text === undefined || text === '' ? undefined : text
  }
  const named = Object.fromEntries(Object.entries(names).map(([name, field]) => [field, value(name)]))
  const environment = {
    ...(named as Record<string, string | undefined>),
    path: variables.PATH ?? '',
    variable: (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    noColor: value('NO_COLOR') !== undefined,
    ci: value('CI') !== undefined,
    awsCredentials: value('AWS_ACCESS_KEY_ID') !== undefined || value('AWS_PROFILE') !== undefined,
  } as Environment
  return { environment, warnings: unknown.map((name) => warning(name, known)) }
}

function warning(name: string, known: readonly string[]): string {
  const [nearest] = known.toSorted((a, b) => leven(name, a) - leven(name, b))
  return `unknown environment variable ${name}; the nearest known name is ${nearest ?? ''}`
}
