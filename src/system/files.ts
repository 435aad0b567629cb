import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode, errorMessage, StewardError } from '../domain/errors.ts'
import { isJsonObject, type JsonObject } from '../domain/json.ts'

/** Makes a folder that only its owner may enter. An existing one is narrowed. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await chmod(path, 0o700)
  } catch (cause) {
    throw new StewardError(`${path} can not be made a folder of our own: ${errorMessage(cause)}`, {
      code: 'folder_unusable',
      kind: 'user',
      hint: 'Name another state folder with --state.',
    })
  }
}

/** Replaces a file in one step: a reader sees the old text or the new one, never a part. */
export async function writeFileAtomically(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.${crypto.randomUUID()}.tmp`
  try {
    await writeFile(temporary, text, { mode })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The object in a JSON file; null where there is no file, or one that holds something else. */
export async function readJsonObject(path: string): Promise<JsonObject | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    return null
  }
}

export async function writeFileIfMissing(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}

/** Makes a file that is not there yet, whole or not at all. Throws `EEXIST` where something stands already. */
export async function createFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.${crypto.randomUUID()}.tmp`
  try {
    await writeFile(temporary, content, { flag: 'wx' })
    // Unlike a rename, a link never replaces what another process put there meanwhile.
    await link(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}
