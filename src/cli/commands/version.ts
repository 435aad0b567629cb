import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFolder } from '../../system/program-files.ts'
import { exitCodes, type PlainCommand } from '../command.ts'

export const version: PlainCommand = {
  name: 'version',
  summary: 'shows the versions of steward and Node',
  arguments: [],
  options: [],
  examples: ['steward version', 'steward version --json'],
  async answer({ io }) {
    const number = stewardVersion()
    if (io.json) io.out(JSON.stringify({ format: 'steward.version/v1', version: number, node: process.versions.node }))
    else io.out(`steward ${number} (Node ${process.versions.node})`)
    return exitCodes.done
  },
}

/** Read synchronously: the asynchronous file functions alone would lengthen the start noticeably. */
export function stewardVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
