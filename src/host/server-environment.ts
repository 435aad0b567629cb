import { errorMessage, StewardError } from '../domain/errors.ts'
import type { SecretResolver } from '../secrets/secret-resolver.ts'
import { SecretMask } from '../secrets/secret-mask.ts'
import type { Secret } from '../secrets/secret.ts'
import type { EnvironmentVariable } from './deployment-body.ts'

/** The declared variables of one process, with what must be hidden in its output. Lives until the process is started. */
export interface ServerEnvironment {
  readonly variables: Readonly<Record<string, string>>
  readonly mask: SecretMask
}

async function resolveOne(name: string, reference: string, resolve: () => Promise<Secret>): Promise<Secret> {
  try {
    return await resolve()
  } catch (error) {
    const { hint, retry } = error instanceof StewardError ? error : { hint: undefined, retry: 'backoff' as const }
    throw new StewardError(`environment variable ${name}: ${errorMessage(error)}`, {
      code: 'secret_unreadable',
      kind: 'user',
      retry,
      hint: hint ?? `Check ${reference}.`,
      cause: error,
    })
  }
}

/** Reads the secrets as they are now. Rejects with an error that names the variable and its reference. */
export async function resolveEnvironment(
  declared: readonly EnvironmentVariable[],
  resolver: SecretResolver,
  signal: AbortSignal,
): Promise<ServerEnvironment> {
  const variables = new Map<string, string>()
  const secrets: Secret[] = []
  for (const variable of declared) {
    if ('value' in variable) {
      variables.set(variable.name, variable.value)
      continue
    }
    const { name, secret_ref: reference } = variable
    const secret = await resolveOne(name, reference, () => resolver.resolve(reference, signal))
    secrets.push(secret)
    variables.set(name, secret.reveal())
  }
  return { variables: Object.fromEntries(variables), mask: new SecretMask(secrets) }
}
