import { TABLE_DEFINITIONS, tableName } from '../../recorded/table-definitions.ts'
import { shortText } from '../../domain/short-text.ts'
import { ok, problem, type Check } from './check.ts'
import { within, type Probe } from './probe.ts'

const CREDENTIALS_MS = 5_000
const ANSWER_MS = 4_000

const denied = new Set(['AccessDeniedException'])
/** Names of the DynamoDB API's common errors that speak of who asks. */
const refusedCredentials = new Set([
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
  'ExpiredTokenException',
  'InvalidClientTokenId',
])

/** Whether there are credentials; a server on the loopback takes any. */
export async function credentialsCheck({ client, place, clock }: Probe): Promise<Check> {
  if (place.local) return ok('credentials', 'none are needed here')
  try {
    await within(clock, client.config.credentials(), CREDENTIALS_MS)
    return ok('credentials', 'AWS credentials were found')
  } catch (error) {
    const help = 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine a role.'
    return problem('credentials', `no AWS credentials: ${shortText(error)}`, help)
  }
}

/** Whether a DynamoDB answers, whatever it says about a table. */
export async function endpointCheck(
  { sdk, client, place, clock, signal }: Probe,
  endpoint: string | null,
): Promise<Check> {
  const where = addressText(endpoint) ?? `DynamoDB in ${place.region}`
  const [definition] = TABLE_DEFINITIONS
  if (definition === undefined) throw new Error('there are no tables')
  const question = new sdk.DescribeTableCommand({ TableName: tableName(definition.base, place.prefix) })
  try {
    await within(clock, client.send(question, { abortSignal: signal }), ANSWER_MS)
    return ok('endpoint', `${where} answers`)
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (error instanceof sdk.ResourceNotFoundException || denied.has(name)) return ok('endpoint', `${where} answers`)
    return unreachable(where, name, error)
  }
}

function unreachable(where: string, name: string, error: unknown): Check {
  if (refusedCredentials.has(name)) {
    const help =
      'Renew or exchange the credentials (`aws sts get-caller-identity` shows whose they are), and look at the clock.'
    return problem('endpoint', `${where} refuses the credentials (${name})`, help)
  }
  const code = networkCode(error)
  const network = code !== null || name === 'TimeoutError'
  if (!network) {
    const help = 'Look whether the address is that of a DynamoDB, and of this region.'
    return problem('endpoint', `${where} does not answer as DynamoDB does: ${name}: ${shortText(error)}`, help)
  }
  const why = code === null ? 'no answer in time' : (networkTexts.get(code) ?? code)
  const help =
    'Look at STEWARD_DYNAMODB_ENDPOINT and `tables.region` in the settings, and at proxies and firewalls between.'
  return problem('endpoint', `${where} is not reachable: ${why}`, help)
}

const networkTexts: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection is refused'],
  ['ECONNRESET', 'the connection is cut'],
  ['EPIPE', 'the connection is cut'],
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'names are not resolved'],
  ['ETIMEDOUT', 'no answer in time'],
  ['EHOSTUNREACH', 'there is no way to the host'],
  ['ENETUNREACH', 'there is no network'],
])

/** The code of a system or TLS error: capital letters, and not the name of an answer. */
function networkCode(error: unknown): string | null {
  const found = [error, error instanceof Error ? error.cause : null].map((each) =>
    typeof each === 'object' && each !== null && 'code' in each ? each.code : null,
  )
  return found.find((code) => typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code))?.toString() ?? null
}

/** An address without what stands before an @. */
function addressText(endpoint: string | null): string | null {
  if (endpoint === null) return null
  const url = new URL(endpoint)
  return `${url.protocol}//${url.host}`
}
