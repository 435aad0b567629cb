import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageFolder } from '../../system/program-files.ts'
import { exitCodes, type Command } from '../command.ts'

export const version: Command = {
  name: 'version',
  summary: 'shows the versions of steward and Node',
  arguments: [],
  options: [],
  examples: ['steward version', 'steward version --json'],
  async run({ io }) {
    const number = await stewardVersion()
    if (io.json) io.out(JSON.stringify({ format: 'steward.version/v1', version: number, node: process.versions.node }))
    else io.out(`steward ${number} (Node ${process.versions.node})`)
    return exitCodes.done
  },
}

export async function stewardVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
