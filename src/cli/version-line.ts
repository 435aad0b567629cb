import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from '../system/program-files.ts'

/** Read synchronously: the asynchronous file functions alone would lengthen the start noticeably. */
export function stewardVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

export function versionLine(): string {
  return `steward ${stewardVersion()} (Node ${process.versions.node})`
}
