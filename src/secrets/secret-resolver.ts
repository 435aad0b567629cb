import { errorMessage, StewardError } from '../domain/errors.ts'
import { secretProblem, type SecretProvider } from './secret-provider.ts'
import { parseSecretReference, problemOfReference } from './secret-reference.ts'
import type { Secret } from './secret.ts'

/** A file on a server that went away answers no signal. */
async function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError'
}

/** Finds the provider of a reference by its scheme. */
export class SecretResolver {
  readonly #providers: ReadonlyMap<string, SecretProvider>

  constructor(providers: readonly SecretProvider[]) {
    this.#providers = new Map(providers.map((provider) => [provider.scheme, provider]))
  }

  /** The value as it is now. Rejects with a StewardError that names the reference and says what is wrong. */
  async resolve(reference: string, signal: AbortSignal): Promise<Secret> {
    const { scheme, name } = parseSecretReference(reference)
    const provider = this.#providers.get(scheme)
    if (provider === undefined) {
      const problem = problemOfReference(reference) ?? 'it has no provider here'
      throw secretProblem(
        problem,
        `Supported are ${[...this.#providers.keys()].map((known) => `${known}:`).join(', ')}.`,
      )
    }
    try {
      return await Promise.race([provider.resolve(name, signal), rejectedBy(signal)])
    } catch (error) {
      if (signal.aborted && isTimeout(signal.reason)) {
        throw secretProblem(
          `${reference} can not be resolved: there was no answer in time`,
          'It is tried again.',
          error,
        )
      }
      signal.throwIfAborted()
      // Only texts that a provider wrote itself are known to hold no value.
      const why = error instanceof StewardError ? errorMessage(error) : 'it can not be read'
      const hint = error instanceof StewardError && error.hint !== undefined ? error.hint : 'See the provider.'
      throw secretProblem(`${reference} can not be resolved: ${why}`, hint, error)
    }
  }
}
