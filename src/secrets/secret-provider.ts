import { StewardError } from '../domain/errors.ts'
import type { Secret } from './secret.ts'

/**
 * One place where secrets are kept. `resolve` reads the value as it is at that moment: it keeps nothing, so that a
 * rotated secret is seen by the next call. It rejects with a StewardError whose text may name the secret's name and
 * says what is wrong, never a value or a part of one; `retry` says whether another try may help. An empty value is an
 * error: it would open what the secret shall close. `resolve` ends soon after `signal` aborts.
 */
export interface SecretProvider {
  /** What stands before the first colon of a reference: `env`, `file`. */
  readonly scheme: string
  resolve(name: string, signal: AbortSignal): Promise<Secret>
}

/** More bytes than a key file has, and few enough to look for them in all that a server prints. */
export const MAX_SECRET_BYTES = 64 * 1024

/** A secret that can't be had now. Another try is always worth it: it may be put in its place at any time. */
export function secretProblem(message: string, hint: string, cause?: unknown): StewardError {
  return new StewardError(message, {
    code: 'secret_unreadable',
    kind: 'user',
    retry: 'backoff',
    hint,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** What no secret may be, wherever it is kept. */
export function checkSecretText(text: string): string {
  if (text === '') throw secretProblem('it is empty', 'Put the value there.')
  if (Buffer.byteLength(text) > MAX_SECRET_BYTES) {
    throw secretProblem(`it has more than ${MAX_SECRET_BYTES} bytes`, 'Name the secret itself.')
  }
  if (text.includes('\0')) throw secretProblem('it holds a NUL character', 'Variables can not hold one.')
  return text
}
