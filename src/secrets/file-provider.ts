import { constants, type PathLike } from 'node:fs'
import { open, readlink, realpath, type FileHandle } from 'node:fs/promises'
import { errorCode } from '../domain/errors.ts'
import { checkSecretText, MAX_SECRET_BYTES, secretProblem, type SecretProvider } from './secret-provider.ts'
import { Secret } from './secret.ts'

const HINT = 'Name a file with nothing but the secret, which this program may read.'

/** Where an open file really is, also if the path has come to mean another one since. */
async function placeOf(file: FileHandle, path: PathLike): Promise<string> {
  return readlink(`/proc/self/fd/${file.fd}`).catch(() => realpath(path))
}

async function readSmall(file: FileHandle): Promise<string> {
  const found = await file.stat()
  // A pipe or a device would be waited for, or never end.
  if (!found.isFile()) throw secretProblem('it is no regular file', HINT)
  const buffer = Buffer.alloc(MAX_SECRET_BYTES + 3)
  let size = 0
  while (size < buffer.length) {
    const { bytesRead } = await file.read(buffer, size, buffer.length - size)
    if (bytesRead === 0) break
    size += bytesRead
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer.subarray(0, size))
  } catch {
    throw secretProblem(size > MAX_SECRET_BYTES ? `it has more than ${MAX_SECRET_BYTES} bytes` : 'it is no text', HINT)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this program may not read it',
  EISDIR: 'it is a folder',
}

/**
 * `file:/absolute/path`: the file's text, without the newline at its end. Files below `forbidden` are refused: a
 * program must not hand on what it keeps for itself.
 */
export function fileProvider(forbidden: readonly string[]): SecretProvider {
  return {
    scheme: 'file',
    async resolve(path, signal) {
      signal.throwIfAborted()
      let file: FileHandle
      try {
        file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
      } catch (error) {
        const code = errorCode(error) ?? 'unknown error'
        throw secretProblem(REASONS[code] ?? `it can not be read (${code})`, HINT, error)
      }
      try {
        const place = await placeOf(file, path)
        if (forbidden.some((folder) => place === folder || place.startsWith(`${folder}/`))) {
          throw secretProblem('it lies in the state folder of this program', 'Keep secrets elsewhere.')
        }
        return new Secret(checkSecretText((await readSmall(file)).replace(/\r?\n$/, '')))
      } finally {
        await file.close()
      }
    },
  }
}
